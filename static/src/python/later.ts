/** Files that a Python from a snapshot does without at first: they come behind it, or when it asks for one of them. */

import { fetchAsset, LoadError } from "../loading";
import type { Asset, PythonAssets } from "../protocol";
import type { FileSystem } from "./archive";
import { Archive } from "./archive";
import { PLACES } from "./places";

export interface LaterFile {
  asset: Asset;
  /** Puts its bytes where Python finds them. */
  put: (bytes: Uint8Array<ArrayBuffer>) => void;
}

/** Python's own modules and the packages that may come later, put into its file system. */
export function laterFiles({ stdlib, packages }: PythonAssets, files: FileSystem): LaterFile[] {
  const wheels = packages.filter(({ later }) => later);
  return [
    { asset: stdlib, put: (bytes) => { files.writeFile(PLACES.stdlib, bytes, { canOwn: true }); } },
    ...wheels.map((asset) => ({
      asset,
      put: (bytes: Uint8Array) => { new Archive(asset.path, bytes).write(files, PLACES.packages); },
    })),
  ];
}

/** Python's own sha256, in hexadecimal digits: the browser's is not to be had without waiting. */
type Digest = (bytes: Uint8Array<ArrayBuffer>) => string;

export class LaterFiles {
  readonly #waiting: Set<LaterFile>;

  constructor(
    private readonly base: string,
    files: readonly LaterFile[],
  ) {
    this.#waiting = new Set(files);
  }

  /** Fetches them while Python runs; resolves when all are there. */
  async come(): Promise<void> {
    await Promise.all([...this.#waiting].map(async (file) => { this.#take(file, await this.#fetch(file.asset)); }));
  }

  /** Fetches what is not there yet while everything waits, as an import of Python's does. */
  bring(digest: Digest): void {
    for (const file of [...this.#waiting]) this.#take(file, fetchNow(this.base, file.asset, digest));
  }

  #fetch(asset: Asset): Promise<Uint8Array<ArrayBuffer>> {
    return fetchAsset(this.base, asset, "packages", () => undefined);
  }

  #take(file: LaterFile, bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#waiting.delete(file)) file.put(bytes);
  }
}

function fetchNow(base: string, asset: Asset, digest: Digest): Uint8Array<ArrayBuffer> {
  const request = new XMLHttpRequest();
  request.open("GET", new URL(asset.path, base), false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    throw LoadError.unreachable(asset.path, "packages");
  }
  if (request.status !== 200) throw LoadError.refused(asset.path, request.status, "packages");
  const bytes = new Uint8Array(request.response as ArrayBuffer);
  if (bytes.length !== asset.bytes || digest(bytes) !== asset.sha256) throw LoadError.damaged(asset, "packages");
  return bytes;
}
