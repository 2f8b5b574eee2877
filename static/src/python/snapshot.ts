/** A snapshot of Python's memory is fetched, and unpacked as it comes. */

import { fetchAsset, LoadError, type Progress } from "../loading";
import type { Asset, SnapshotAsset } from "../protocol";
import { deltaBytes, readDelta } from "./memory_delta";
import type { Coming } from "./pyodide";
import { Unpacking } from "./unpacking";

/** Begins to fetch a snapshot; rejects with a {@link LoadError} where it is not as it was built. */
export function fetchSnapshot(base: string, asset: SnapshotAsset, progress: Progress): Coming {
  const sizes = asset.libraries.map(({ bytes }) => bytes);
  // First, as they are compiled while the other comes.
  const code = fetchPacked(base, asset.code, sum(sizes), () => undefined);
  const delta = fetchPacked(base, asset.delta, deltaBytes(asset.pages), progress);
  return { libraries: code.then((bytes) => cut(bytes, sizes)), delta: delta.then((bytes) => readDelta(bytes, asset.pages)) };
}

function cut(bytes: Uint8Array<ArrayBuffer>, sizes: number[]): Blob[] {
  let end = 0;
  return sizes.map((size) => new Blob([bytes.subarray(end, (end += size))], { type: "application/wasm" }));
}

async function fetchPacked(base: string, asset: Asset, total: number, progress: Progress): Promise<Uint8Array<ArrayBuffer>> {
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

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
