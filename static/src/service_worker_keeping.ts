/** Keeps a build whole: every file fetched and proved before the build counts. */

import type { Asset } from "./protocol";
import type { BuildManifest, State, Store } from "./service_worker_store";

/** Seconds without a byte after which a download is given up; the next visit goes on where it ended. */
export const STALL = 20;

/** Builds that have run here and can be rolled back to. */
const GOOD_BUILDS = 2;

/** Builds that do not run here are remembered, so many of them. */
const BAD_BUILDS = 8;

export class Keeper {
  readonly #store: Store;
  readonly #scope: string;
  readonly #calm: () => Promise<void>;

  /** @param calm resolves when no page needs the line; asked before each file. */
  constructor(store: Store, scope: string, calm: () => Promise<void>) {
    this.#store = store;
    this.#scope = scope;
    this.#calm = calm;
  }

  /**
   * Fetches what the host has now, unless it is kept already or is known not to run here.
   *
   * @param unneeded a pattern of the paths that this browser never asks for.
   * @returns the newest build that is kept.
   * @throws Error that says in one line why the build could not be kept; then nothing has changed.
   */
  async keep(unneeded: string): Promise<string> {
    const text = await this.#manifestText();
    const manifest = readManifest(text);
    const state = await this.#store.state();
    const { build } = manifest;
    if (state.bad.includes(build)) return state.current ?? build;
    try {
      await this.#keepFiles(manifest, new RegExp(unneeded || "^$"));
      if ((await this.#store.manifest(build)) === null) await this.#store.setManifest(build, text);
    } catch (error) {
      await this.#store.retain(buildsOf(state)).catch(() => undefined);
      throw error;
    }
    await this.#announce(build);
    return build;
  }

  /** A build does not run here: the last good one takes its place, if there is another. */
  async rollBack(build: string): Promise<string | null> {
    const state = await this.#store.state();
    const good = state.good.filter((one) => one !== build);
    const last = good.at(-1);
    if (state.current !== build || last === undefined || (await this.#store.manifest(last)) === null) return null;
    const bad = [...state.bad, build].slice(-BAD_BUILDS);
    await this.#store.setState({ current: last, next: null, good, bad });
    return last;
  }

  /** A build has given a result here. */
  async approve(build: string): Promise<void> {
    const state = await this.#store.state();
    const good = [...state.good.filter((one) => one !== build), build].slice(-GOOD_BUILDS);
    await this.#store.setState({ ...state, good });
  }

  async #announce(build: string): Promise<void> {
    const state = await this.#store.state();
    if (state.current === null) await this.#store.setState({ ...state, current: build });
    else await this.#store.setState({ ...state, next: build === state.current ? null : build });
  }

  async #manifestText(): Promise<string> {
    const response = await fetch(`${this.#scope}manifest.json`, { cache: "no-store" });
    if (!response.ok) throw new Error(`'manifest.json': the server answers ${response.status}`);
    return response.text();
  }

  /** One after the other: the page may need the line. */
  async #keepFiles(manifest: BuildManifest, unneeded: RegExp): Promise<void> {
    for (const asset of manifest.files) {
      if (unneeded.test(asset.path) || (await this.#store.file(asset.sha256)) !== undefined) continue;
      await this.#calm();
      await this.#keepFile(asset);
    }
  }

  async #keepFile(asset: Asset): Promise<void> {
    // The browser's own cache may hold what the page has just loaded; where that is of an older build, the host is asked.
    const bytes = (await this.#fetch(asset, "default")) ?? (await this.#fetch(asset, "reload"));
    if (bytes === null) throw new Error(`'${asset.path}' is not what was built`);
    await this.#store.setFile(asset, bytes, typeOf(asset.path));
  }

  /** Null where the bytes are not those of the manifest. */
  async #fetch(asset: Asset, cache: RequestCache): Promise<Uint8Array<ArrayBuffer> | null> {
    const given = new AbortController();
    const address = new URL(asset.path.split("/").map(encodeURIComponent).join("/"), this.#scope);
    let timer = setTimeout(() => { given.abort(); }, STALL * 1000);
    try {
      const response = await fetch(address, { cache, signal: given.signal });
      if (!response.ok) throw new Error(`'${asset.path}': the server answers ${response.status}`);
      const bytes = await readAll(response, asset.bytes, () => {
        clearTimeout(timer);
        timer = setTimeout(() => { given.abort(); }, STALL * 1000);
      });
      return bytes !== null && (await hashOf(bytes)) === asset.sha256 ? bytes : null;
    } catch (error) {
      throw given.signal.aborted ? new Error(`'${asset.path}' has stalled: no byte for ${STALL} s`) : error;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What may not be thrown away. */
export function buildsOf({ current, next, good }: State): string[] {
  return [...new Set([current, next, ...good].filter((build) => build !== null))];
}

function readManifest(text: string): BuildManifest {
  const manifest = JSON.parse(text) as Partial<BuildManifest> | null;
  const files: unknown = manifest?.files;
  if (typeof manifest?.build !== "string" || !Array.isArray(files) || !files.every(isAsset)) {
    throw new Error("'manifest.json' lists no files");
  }
  return { build: manifest.build, files };
}

function isAsset(value: unknown): value is Asset {
  const { path, bytes, sha256 } = (value ?? {}) as Partial<Record<keyof Asset, unknown>>;
  return typeof path === "string" && Number.isSafeInteger(bytes) && typeof sha256 === "string";
}

/** Null where there are more or fewer bytes than stated. */
async function readAll(response: Response, size: number, lives: () => void): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(size);
  const reader = response.body!.getReader();
  let loaded = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    lives();
    if (loaded + part.value.length > size) return null;
    bytes.set(part.value, loaded);
    loaded += part.value.length;
  }
  return loaded === size ? bytes : null;
}

async function hashOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const TYPES: Readonly<Record<string, string>> = {
  css: "text/css",
  html: "text/html; charset=utf-8",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  js: "text/javascript",
  json: "application/json",
  mjs: "text/javascript",
  mp4: "video/mp4",
  png: "image/png",
  svg: "image/svg+xml",
  wasm: "application/wasm",
  webm: "video/webm",
  webmanifest: "application/manifest+json",
  webp: "image/webp",
};

/** By the name, whatever the host says: a wrong type would stop a script, or Wasm's compiling as it streams. */
export function typeOf(path: string): string {
  return TYPES[path.split(".").at(-1)!.toLowerCase()] ?? "application/octet-stream";
}
