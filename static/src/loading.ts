/** Fetching the site's files: with progress, and refused unless they are what the manifest says. */

import type { Asset, ErrorName, Stage } from "./protocol";

/** Something that the site needs could not be loaded; `stage` says what for. */
export class LoadError extends Error {
  override name: ErrorName = "LoadError";
  constructor(
    message: string,
    readonly stage: Stage,
  ) {
    super(message);
  }
}

export type Progress = (loaded: number, total: number) => void;

/** Fetches a file below `base`; throws a {@link LoadError} that names the file and what is wrong. */
export async function fetchFile(base: string, path: string, stage: Stage): Promise<Response> {
  return fetchAt(new URL(path, base), path, stage);
}

async function fetchAt(address: URL, path: string, stage: Stage): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch {
    throw new LoadError(`'${path}' could not be fetched: the network is down or the server does not answer`, stage);
  }
  if (!response.ok) {
    throw new LoadError(`'${path}' could not be fetched: the server answers ${response.status}; build the site again`, stage);
  }
  return response;
}

/** As {@link fetchFile}. `base` may say of which build the file shall be, as "?build=…", for the service worker. */
export async function fetchJson(base: string, path: string, stage: Stage): Promise<unknown> {
  const address = new URL(path, base);
  address.search = new URL(base).search;
  const response = await fetchAt(address, path, stage);
  try {
    return (await response.json()) as unknown;
  } catch {
    throw new LoadError(`'${path}' is no JSON; build the site again`, stage);
  }
}

/** Fetches an asset of the manifest, proving its size and hash. */
export async function fetchAsset(base: string, asset: Asset, stage: Stage, progress: Progress): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchFile(base, asset.path, stage);
  const bytes = new Uint8Array(asset.bytes);
  let loaded = 0;
  for await (const chunk of stream(response)) {
    if (loaded + chunk.length > bytes.length) throw damaged(asset, stage);
    bytes.set(chunk, loaded);
    loaded += chunk.length;
    progress(loaded, bytes.length);
  }
  if (loaded !== bytes.length || !(await hasHash(bytes, asset.sha256))) throw damaged(asset, stage);
  return bytes;
}

async function* stream(response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) yield part.value;
}

function damaged(asset: Asset, stage: Stage): LoadError {
  return new LoadError(`'${asset.path}' is damaged: its bytes are not those that were built; reload, or build again`, stage);
}

/** Browsers offer hashing in secure contexts only (https, localhost); elsewhere the size must do. */
async function hasHash(bytes: Uint8Array<ArrayBuffer>, sha256: string): Promise<boolean> {
  if (!isSecureContext) return true;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
}
