/** What the service worker answers with: what is kept, else the network; isolated in both cases. */

import { typeOf } from "./service_worker_keeping";
import { isOfSite } from "./service_worker_paths";
import type { BuildManifest, Store } from "./service_worker_store";

/** What hosts should send: pyweb_ml/bundle/hosting.py says why, and the build puts its policy in here. */
const HEADERS = {
  "Content-Security-Policy": "{{csp}}",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** What is asked for to be read or shown by a page or worker, which have the policy themselves: it needs no headers. */
const EXEMPT: readonly RequestDestination[] = ["", "audio", "font", "image", "manifest", "script", "style", "track", "video"];

/** Milliseconds from a visit's beginning in which nothing is kept: by then, most visits have shown a result. */
const VISIT = 3000;

export class Answerer {
  readonly #store: Store;
  readonly #scope: string;
  /** Manifests of kept builds, by their build: they never change. */
  readonly #manifests = new Map<string, BuildManifest>();
  /** When the last visit began, by performance.now(). */
  #visited = -VISIT;

  constructor(store: Store, scope: string) {
    this.#store = store;
    this.#scope = scope;
  }

  /** Whether a request is for a file of the site. */
  isOwn({ method, url }: Request): boolean {
    return method === "GET" && isOfSite(url, this.#scope);
  }

  /** Resolves when no visit has just begun: what a page needs first has the line and the processor to itself. */
  async calm(): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) await new Promise((resolve) => setTimeout(resolve, left));
  }

  #left(): number {
    return this.#visited + VISIT - performance.now();
  }

  async answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    if (request.mode === "navigate") {
      this.#visited = performance.now();
      // What cannot be stored, as where the quota is full, leaves the build that runs.
      await this.#visit(url).catch(() => undefined);
    }
    const kept = await this.#kept(url).catch(() => undefined);
    if (kept !== undefined) return isolated(await ranged(kept, request.headers.get("Range")), request.destination, url.pathname);
    const isFresh = request.mode === "navigate" && url.searchParams.has("fresh");
    const response = await (isFresh ? fetch(url, { cache: "reload" }) : fetch(request));
    return response.type === "basic" ? isolated(response, request.destination, url.pathname) : response;
  }

  /** A visit begins: the newest whole build runs from now on. */
  async #visit({ searchParams }: URL): Promise<void> {
    if (searchParams.has("fresh")) {
      await this.#store.clear();
      return;
    }
    const state = await this.#store.state();
    if (state.next !== null) await this.#store.setState({ ...state, current: state.next, next: null });
  }

  async #kept(url: URL): Promise<Response | undefined> {
    const { current, next, good } = await this.#store.state();
    const path = decodeURIComponent(url.pathname.slice(new URL(this.#scope).pathname.length)) || "index.html";
    // The page says of which build it is. Whatever else differs between builds has another path in each.
    const asked = url.searchParams.get("build");
    const builds = [...new Set([asked, current, ...good, next].filter((build) => build !== null && build !== ""))] as string[];
    for (const build of builds) {
      const found = await this.#of(build, path);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #of(build: string, path: string): Promise<Response | undefined> {
    const manifest = this.#manifests.get(build) ?? (await this.#store.manifest(build));
    if (manifest === null) return undefined;
    this.#manifests.set(build, manifest);
    if (path === "manifest.json") return this.#store.manifestText(build);
    const asset = manifest.files.find((file) => file.path === path);
    return asset && this.#store.file(asset.sha256);
  }
}

/** A part of what is kept, for films: https://www.rfc-editor.org/rfc/rfc9110#name-range-requests */
async function ranged(response: Response, range: string | null): Promise<Response> {
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (first === undefined) return response;
  const all = await response.arrayBuffer();
  const end = Math.min(last ? Number(last) + 1 : all.byteLength, all.byteLength);
  const headers = new Headers(response.headers);
  headers.set("Content-Range", `bytes ${first}-${end - 1}/${all.byteLength}`);
  headers.set("Content-Length", (end - Number(first)).toString());
  return new Response(all.slice(Number(first), end), { status: 206, headers });
}

/** As it is where nothing is amiss: of a response that is made anew, the browser keeps no compiled code. */
function isolated(response: Response, destination: RequestDestination, path: string): Response {
  const { ok, status, statusText } = response;
  const headers = new Headers(response.headers);
  if (!EXEMPT.includes(destination)) for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  const type = typeOf(path);
  if (ok && type !== "application/octet-stream" && !isOfType(response, type)) headers.set("Content-Type", type);
  if ([...headers].every(([name, value]) => response.headers.get(name) === value)) return response;
  const hasBody = ![101, 204, 205, 304].includes(status);
  return new Response(hasBody ? response.body : null, { status, statusText, headers });
}

function isOfType({ headers }: Response, type: string): boolean {
  const given = headers.get("Content-Type")?.toLowerCase().replace(/\s*;\s*charset="?utf-8"?$/, "");
  return given === type.split(";")[0];
}
