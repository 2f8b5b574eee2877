/** What the page itself needs of a built site's manifest: its samples and its controls. */

import { readAudioFormat } from "./audio_format";
import { readControls } from "./controls";
import { AppError } from "./failure";
import { unreachable } from "./messages";
import type { AudioFormat, Control } from "./protocol";
import { readSamples, type Sample } from "./samples";
import { readSteps, type Step } from "./upcoming";

export interface PageSite {
  /** What visitors call the app. */
  title: string;
  /** What files that are saved are called. */
  name: string;
  samples: Sample[];
  controls: Control[];
  /** How the sound that it takes is cut into packets; null where it takes none. */
  audio: AudioFormat | null;
  /** What is loaded, for the loading line. */
  steps: Step[];
}

/**
 * `base` may say of which build the manifest shall be, as "?build=…": no cache on the way then has one of another.
 * Rejects with an {@link AppError} where there is no manifest, or what is there is none.
 */
export async function fetchSite(base: URL): Promise<PageSite> {
  const address = new URL("manifest.json", base);
  const asked = new URL(address);
  asked.search = base.search;
  const response = await fetch(asked).catch(() => null);
  if (response?.ok !== true) throw new AppError(unreachable(address.href, response?.status ?? 0));
  const manifest: unknown = await response.json().catch(() => null);
  const samples = readSamples(manifest, base, address.href);
  const controls = readControls(manifest, address.href);
  const audio = readAudioFormat(manifest, address.href);
  return { title: readTitle(manifest), name: readName(manifest), samples, controls, audio, steps: readSteps(manifest) };
}

function readTitle(manifest: unknown): string {
  const { title } = manifest as { title?: unknown };
  return typeof title === "string" ? title : "";
}

function readName(manifest: unknown): string {
  const { name } = manifest as { name?: unknown };
  return typeof name === "string" && /^\w+$/.test(name) ? name : "result";
}
