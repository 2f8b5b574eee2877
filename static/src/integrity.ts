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
  /** By file; each is proved once. */
  readonly #proofs = new Map<string, Promise<LoadError | null>>();

  constructor(base: string, { files, python }: Pick<Manifest, "files"> & Partial<Pick<Manifest, "python">>) {
    const { delta, code } = python?.snapshot ?? {};
    // Python starts without its snapshot, and says so.
    const needed = files.filter(({ path }) => path !== delta?.path && path !== code?.path);
    this.#files = new Map(needed.map((file) => [new URL(file.path, base).href, file]));
  }

  /** What is wrong with a file that was asked for here and is not there, or not what was built; null: all are well. */
  fault(): Promise<LoadError | null> {
    return this.faultAmong([...OWN, ...performance.getEntriesByType("resource").map(({ name }) => name)]);
  }

  /** The same, of files that may have been asked for elsewhere, by their addresses. */
  faultAmong(addresses: readonly string[]): Promise<LoadError | null> {
    const files = new Map(addresses.map((address) => [fileOf(address), address]));
    const proofs = [...files].map(async ([file, address]) => {
      const fault = await this.#proof(file, address);
      if (fault !== null) throw fault;
    });
    return Promise.all(proofs).then(() => null, (fault: unknown) => fault as LoadError);
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

  #proof(file: string, address: string): Promise<LoadError | null> {
    const asset = this.#files.get(file);
    if (asset === undefined || proved.has(file)) return Promise.resolve(null);
    const proof = this.#proofs.get(file) ?? this.#prove(asset, file, address);
    this.#proofs.set(file, proof);
    return proof;
  }

  /** `address`: of the file as it was asked for. */
  async #prove(asset: Asset, file: string, address: string): Promise<LoadError | null> {
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
