/** A file of the site that is gzip whatever its host says: fetched, proved and unpacked as it comes. */

import { fetchAsset, LoadError, type Progress } from "../loading";
import type { Asset } from "../protocol";
import { Unpacking } from "./unpacking";

export interface PackedFile {
  base: string;
  asset: Asset;
  /** How many bytes it must come to. */
  total: number;
}

/** Rejects with a {@link LoadError} where it is not as it was built. */
export async function fetchPacked({ base, asset, total }: PackedFile, progress: Progress): Promise<Uint8Array<ArrayBuffer>> {
  const unpacking = new Unpacking(total);
  try {
    await fetchAsset(base, asset, "python", progress, (part) => { unpacking.add(part); });
  } catch (error) {
    unpacking.abandon();
    throw error;
  }
  const bytes = await unpacking.end();
  if (bytes === null) throw new LoadError(`'${asset.path}' does not unpack to ${total} bytes; build the site again`, "python");
  return bytes;
}
