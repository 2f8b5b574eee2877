/** How much memory the page holds, with its frames and workers, Wasm included: where the page is isolated. */

import type { Memory } from "./job";
import { within } from "./room";

/** https://wicg.github.io/performance-measure-memory/ */
interface Measurement {
  bytes: number;
  breakdown: { bytes: number; types: string[] }[];
}

/** Seconds; the browser waits for its next collection of garbage, unless it is told not to. */
const PATIENCE = 30;

/** Null where the browser has no such measurement, or does not give it. */
export async function measureMemory(): Promise<Memory | null> {
  const measure = (performance as { measureUserAgentSpecificMemory?: () => Promise<Measurement> }).measureUserAgentSpecificMemory;
  if (measure === undefined || !crossOriginIsolated) return null;
  try {
    return toMemory(await within(measure.call(performance), "memory is not measured", PATIENCE));
  } catch {
    return null;
  }
}

function toMemory({ bytes, breakdown }: Measurement): Memory {
  const types: Record<string, number> = {};
  for (const part of breakdown) {
    const name = part.types.join(", ") || "other";
    if (part.bytes > 0) types[name] = (types[name] ?? 0) + part.bytes;
  }
  return { bytes, types };
}

/** What `memory` is more than `empty`. */
export function beyond(memory: Memory | null, empty: Memory | null): Memory | null {
  if (memory === null || empty === null) return null;
  const types = Object.entries(memory.types).map(([name, bytes]) => [name, Math.max(bytes - (empty.types[name] ?? 0), 0)]);
  return { bytes: Math.max(memory.bytes - empty.bytes, 0), types: Object.fromEntries(types) as Record<string, number> };
}

export function larger(one: Memory | null, other: Memory | null): Memory | null {
  return (other?.bytes ?? 0) > (one?.bytes ?? 0) ? other : one;
}
