/**
 * Proves what this worker has had loaded by others (scripts, engines, Python's own files) against the manifest, and so
 * finds the file to blame when something does not start.
 */

import { fetchFile, isDamaged, LoadError, proved } from "./loading";
import type { Asset, Manifest, Stage } from "./protocol";

/** Milliseconds for a file that has been loaded before, and is likely in the browser's cache. */
const PATIENCE = 4000;

const STAGES: Readonly<Record<string, Stage>> = { engine: "engine", models: "model", python: "python" };

export class Integrity {
  readonly #base: string;
  readonly #files: ReadonlyMap<string, Asset>;

  constructor(base: string, { files }: Pick<Manifest, "files">) {
    this.#base = base;
    this.#files = new Map(files.map((file) => [new URL(file.path, base).href, file]));
  }

  /** The first file that is not there or not what was built, among those that were asked for; null: all are well. */
  async fault(): Promise<LoadError | null> {
    for (const address of this.#asked()) {
      const fault = await this.#prove(this.#files.get(address)!);
      if (fault !== null) return fault;
      proved.add(address);
    }
    return null;
  }

  /**
   * What is wrong with a file that somebody else reads as it comes; null where nothing is, or the site does not list it.
   *
   * @param copy of the answer that it comes in; it is read whole.
   */
  async faultOf(address: string, copy: Response): Promise<LoadError | null> {
    const file = fileOf(address);
    const asset = this.#files.get(file);
    if (asset === undefined) return null;
    const fault = await faultIn(asset, copy);
    if (fault === null) proved.add(file);
    return fault;
  }

  #asked(): string[] {
    const entries = performance.getEntriesByType("resource").map(({ name }) => name);
    const addresses = new Set([import.meta.url, ...entries].map(fileOf));
    return [...addresses].filter((address) => this.#files.has(address) && !proved.has(address));
  }

  async #prove(asset: Asset): Promise<LoadError | null> {
    // The copy that was used, where the browser has kept it.
    const init: RequestInit = { cache: "force-cache", signal: AbortSignal.timeout(PATIENCE) };
    try {
      return await faultIn(asset, await fetchFile(this.#base, asset.path, stageOf(asset), init));
    } catch (error) {
      return error instanceof LoadError ? error : null;
    }
  }
}

/** The address without what a page may write behind it. */
function fileOf(address: string): string {
  return address.replace(/[?#].*/, "");
}

async function faultIn(asset: Asset, response: Response): Promise<LoadError | null> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  return (await isDamaged(bytes, asset)) ? LoadError.damaged(asset, stageOf(asset)) : null;
}

function stageOf({ path }: Asset): Stage {
  return STAGES[path.split("/")[0]!] ?? "site";
}
