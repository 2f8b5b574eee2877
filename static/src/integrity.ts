/**
 * Proves what this worker has had loaded by others (scripts, engines, Python's own files) against the manifest, and so
 * finds the file to blame when something does not start.
 */

import { fetchAt, isDamaged, LoadError, proved } from "./loading";
import type { Asset, Manifest, Stage } from "./protocol";

/** Milliseconds for a file that has been loaded before, and is likely in the browser's cache. */
const PATIENCE = 4000;

/** This script, and the page's, which somebody's page may have loaded without its hash. */
const OWN = [import.meta.url, new URL("widget.js", import.meta.url).href];

const STAGES: Readonly<Record<string, Stage>> = { engine: "engine", models: "model", python: "python" };

export class Integrity {
  readonly #files: ReadonlyMap<string, Asset>;
  /** Of every file that was asked for: each is proved once. */
  readonly #proofs = new Map<string, Promise<LoadError | null>>();

  constructor(base: string, { files }: Pick<Manifest, "files">) {
    this.#files = new Map(files.map((file) => [new URL(file.path, base).href, file]));
  }

  /**
   * What is wrong with a file that was asked for and is not there, or not what was built; null: all are well.
   *
   * @param elsewhere addresses of what was loaded by a worker of this one's.
   */
  async fault(elsewhere: readonly string[] = []): Promise<LoadError | null> {
    for (const [file, address] of this.#asked(elsewhere)) this.#proofs.set(file, this.#prove(file, address));
    const faults = [...this.#proofs.values()].map(async (proof) => {
      const fault = await proof;
      if (fault !== null) throw fault;
    });
    return Promise.all(faults).then(() => null, (fault: unknown) => fault as LoadError);
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

  /** Files that are not proved yet, and their addresses as they were asked for. */
  #asked(elsewhere: readonly string[]): [file: string, address: string][] {
    const entries = performance.getEntriesByType("resource").map(({ name }) => name);
    const files = new Map([...OWN, ...elsewhere, ...entries].map((address) => [fileOf(address), address]));
    return [...files].filter(([file]) => this.#files.has(file) && !proved.has(file) && !this.#proofs.has(file));
  }

  async #prove(file: string, address: string): Promise<LoadError | null> {
    const asset = this.#files.get(file)!;
    // The copy that was used, where the browser has kept it.
    const init: RequestInit = { cache: "force-cache", signal: AbortSignal.timeout(PATIENCE) };
    try {
      const fault = await faultIn(asset, await fetchAt(new URL(address), asset.path, stageOf(asset), init));
      if (fault === null) proved.add(file);
      return fault;
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
