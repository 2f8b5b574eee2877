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
    const asset = this.#files.get(address.replace(/[?#].*/, ""));
    if (asset === undefined) return null;
    if (await isDamaged(new Uint8Array(await copy.arrayBuffer()), asset)) return LoadError.damaged(asset, stageOf(asset));
    proved.add(new URL(asset.path, this.#base).href);
    return null;
  }

  #asked(): string[] {
    const entries = performance.getEntriesByType("resource").map(({ name }) => name);
    const addresses = new Set([import.meta.url, ...entries].map((name) => name.replace(/[?#].*/, "")));
    return [...addresses].filter((address) => this.#files.has(address) && !proved.has(address));
  }

  async #prove(asset: Asset): Promise<LoadError | null> {
    const stage = stageOf(asset);
    // The copy that was used, where the browser has kept it.
    const init: RequestInit = { cache: "force-cache", signal: AbortSignal.timeout(PATIENCE) };
    try {
      const response = await fetchFile(this.#base, asset.path, stage, init);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return (await isDamaged(bytes, asset)) ? LoadError.damaged(asset, stage) : null;
    } catch (error) {
      return error instanceof LoadError ? error : null;
    }
  }
}

function stageOf({ path }: Asset): Stage {
  return STAGES[path.split("/")[0]!] ?? "site";
}
