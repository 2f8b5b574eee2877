/** How much memory a subject's page holds by the browser's own measure, where the page is isolated; not all of Wasm's. */

import type { Memory } from "./job";
import { FRAME_ID, within } from "./room";

/** https://wicg.github.io/performance-measure-memory/ */
interface Measurement {
  breakdown: Part[];
}

interface Part {
  bytes: number;
  types: string[];
  /** Whose it is; several where they share it, none where nobody's. */
  attribution: { url: string; container?: { id: string } }[];
}

/** Seconds; it never comes where the browser waits for a thread that sleeps, as those of LiteRT.js may. */
const PATIENCE = 10;

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

function toMemory({ breakdown }: Measurement): Memory {
  const types: Record<string, number> = {};
  for (const { bytes, types: names } of breakdown.filter(isOfSubject)) {
    const name = names.join(", ") || "other";
    if (bytes > 0) types[name] = (types[name] ?? 0) + bytes;
  }
  return { bytes: Object.values(types).reduce((sum, one) => sum + one, 0), types };
}

/** Not the benchmark's own page, and not a former subject's that the browser has not yet forgotten. */
function isOfSubject({ attribution }: Part): boolean {
  return attribution.some(({ url, container }) => url !== location.href && (container?.id ?? FRAME_ID) === FRAME_ID);
}

export function larger(one: Memory | null, other: Memory | null): Memory | null {
  return (other?.bytes ?? 0) > (one?.bytes ?? 0) ? other : one;
}
