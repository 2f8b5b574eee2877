/** A snapshot of Python's memory on its way to the page. */

import type { Progress } from "../loading";
import type { SnapshotAsset } from "../protocol";
import { deltaBytes, readDelta } from "./memory_delta";
import type { Coming } from "./pyodide";
import { Unpacker } from "./unpacker";

/** Begins to fetch a snapshot; rejects with a LoadError where it is not as it was built. */
export function fetchSnapshot(base: string, asset: SnapshotAsset, progress: Progress): Coming {
  const { code, delta, libraries, pages } = asset;
  const size = libraries.reduce((sum, { bytes }) => sum + bytes, 0);
  const unpacker = new Unpacker();
  // First, as they are compiled while the other comes.
  const codeBytes = unpacker.fetch({ base, asset: code, total: size }, () => undefined);
  const allPages = unpacker.fetch({ base, asset: delta, total: deltaBytes(pages) }, progress);
  void Promise.allSettled([codeBytes, allPages]).then(() => { unpacker.close(); });
  return { libraries: codeBytes.then((bytes) => cut(bytes, asset)), delta: allPages.then((bytes) => readDelta(bytes, pages)) };
}

function cut(code: Uint8Array<ArrayBuffer>, { libraries }: SnapshotAsset): Blob[] {
  let end = 0;
  return libraries.map(({ bytes }) => new Blob([code.subarray(end, (end += bytes))], { type: "application/wasm" }));
}
