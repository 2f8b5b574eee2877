/** The samples of a built site, as its manifest states them, checked. */

import { AppError } from "./failure";
import { badManifest } from "./messages";
import type { Manifest } from "./protocol";

export interface Sample {
  name: string;
  kind: Manifest["samples"][number]["kind"];
  /** Absolute. */
  address: string;
}

/** `address` is where the manifest came from, for the error. */
export function readSamples(manifest: unknown, base: URL, address: string): Sample[] {
  const samples = isRecord(manifest) && manifest["format"] === 1 ? manifest["samples"] : undefined;
  if (!Array.isArray(samples)) throw new AppError(badManifest(address, "no list of samples"));
  return samples.map((sample: unknown, index) => {
    if (!isSample(sample)) throw new AppError(badManifest(address, `sample ${index} is none`));
    return { name: sample.name, kind: sample.kind, address: new URL(sample.path, base).href };
  });
}

function isSample(value: unknown): value is Manifest["samples"][number] {
  if (!isRecord(value)) return false;
  const { name, path, kind } = value;
  return typeof name === "string" && isInside(path) && (kind === "image" || kind === "video" || kind === "audio");
}

/** A path below the site's folder: no scheme, no root, no way up. */
function isInside(path: unknown): path is string {
  return typeof path === "string" && path !== "" && !/^\/|^[a-z+.-]+:|\\|(^|\/)\.\.?(\/|$)/i.test(path);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
