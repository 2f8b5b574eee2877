/**
 * What the service worker keeps: files by their hash, the manifests of whole builds, and which of them runs. A file
 * that two builds share is there once. What `state` says changes by one `put`, so a build is there or it is not.
 */

import type { Asset, Manifest } from "./protocol";

export type BuildManifest = Pick<Manifest, "build" | "files">;

export interface State {
  /** The build that runs; null before the first is whole. */
  current: string | null;
  /** A newer one, whole, which runs from the next visit on. */
  next: string | null;
  /** The last two that have given a result here, the newer one last: the self-check may come after the result. */
  good: string[];
  /** Builds that do not run here; the newest last. */
  bad: string[];
}

const NOTHING: State = { current: null, next: null, good: [], bad: [] };

export class Store {
  readonly #name: string;
  readonly #scope: string;

  /** @param scope the address of the site's folder: sites of one origin have a store each. */
  constructor(scope: string) {
    this.#scope = scope;
    this.#name = `pywebml-site ${scope}`;
  }

  async state(): Promise<State> {
    return ((await this.#json("state")) as State | null) ?? NOTHING;
  }

  async setState(state: State): Promise<void> {
    await this.#put("state", Response.json(state));
  }

  /** Null unless the build is whole. */
  async manifest(build: string): Promise<BuildManifest | null> {
    return (await this.#json(`build=${build}`)) as BuildManifest | null;
  }

  /** The last step of keeping a build: it is whole from now on. */
  async setManifest(build: string, text: string): Promise<void> {
    const headers = { "Content-Type": "application/json" };
    await this.#put(`build=${build}`, new Response(text, { headers }));
  }

  async manifestText(build: string): Promise<Response | undefined> {
    return this.#get(`build=${build}`);
  }

  async file(sha256: string): Promise<Response | undefined> {
    return this.#get(`sha256=${sha256}`);
  }

  async setFile({ sha256 }: Asset, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
    const headers = { "Content-Type": type, "Content-Length": bytes.length.toString() };
    await this.#put(`sha256=${sha256}`, new Response(bytes, { headers }));
  }

  /** Deletes every file and manifest that none of these builds needs. */
  async retain(builds: readonly string[]): Promise<void> {
    const manifests = await Promise.all(builds.map((build) => this.manifest(build)));
    const files = manifests.flatMap((manifest) => manifest?.files ?? []);
    const wanted = ["state", ...builds.map((build) => `build=${build}`), ...files.map(({ sha256 }) => `sha256=${sha256}`)];
    const kept = new Set(wanted.map((key) => this.#address(key)));
    const cache = await caches.open(this.#name);
    for (const { url } of await cache.keys()) if (!kept.has(url)) await cache.delete(url);
  }

  async clear(): Promise<void> {
    await caches.delete(this.#name);
  }

  #address(key: string): string {
    return `${this.#scope}?${key}`;
  }

  async #get(key: string): Promise<Response | undefined> {
    // A browser may refuse storage, or have emptied it: then the network serves.
    const cache = await caches.open(this.#name).catch(() => null);
    return cache?.match(this.#address(key)).catch(() => undefined);
  }

  async #json(key: string): Promise<unknown> {
    return (await this.#get(key))?.json().catch(() => null) ?? null;
  }

  async #put(key: string, response: Response): Promise<void> {
    await (await caches.open(this.#name)).put(this.#address(key), response);
  }
}
