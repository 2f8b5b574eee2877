/** Fetching the site's files: with progress, and refused unless they are what the manifest says. */

import { Deferred } from "./deferred";
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

  static unreachable(path: string, stage: Stage): LoadError {
    return new LoadError(`'${path}' could not be fetched: the network is down or the server does not answer`, stage);
  }

  static refused(path: string, status: number, stage: Stage): LoadError {
    return new LoadError(`'${path}' could not be fetched: the server answers ${status}; build the site again`, stage);
  }

  static damaged({ path }: Asset, stage: Stage): LoadError {
    const message = `'${path}' is damaged: its bytes are not those that were built; reload, or build again`;
    return new LoadError(message, stage);
  }
}

/** Seconds without a byte after which a download is given up. */
export const STALL = 20;

/** Answers that are on their way before they are asked for, by address. */
const ahead = new Map<string, Promise<Response>>();

/** Begins to fetch files that will be asked for soon, each once. */
export function fetchAhead(addresses: readonly string[]): void {
  for (const address of addresses) {
    const begun = fetch(address);
    // Whoever asks for it is told.
    begun.catch(() => undefined);
    ahead.set(address, begun);
  }
}

/** Is given the address and a copy of what others read here as it comes. */
export type Witness = (address: string, copy: Response) => void;

let witness: Witness | undefined;

/** Who proves what is {@link witnessed}, in this worker. */
export function setWitness(one: Witness): void {
  witness = one;
}

/** An answer whose reader proves nothing itself. */
export function witnessed(address: string, response: Response): Response {
  witness?.(address, response.clone());
  return response;
}

export type Progress = (loaded: number, total: number) => void;

/** Fetches a file below `base`; throws a {@link LoadError} that names the file and what is wrong. */
export async function fetchFile(base: string, path: string, stage: Stage, init: RequestInit = {}): Promise<Response> {
  return fetchAt(new URL(path, base), path, stage, init);
}

/** As {@link fetchFile}, of an address; `path` is what errors call it. */
export async function fetchAt(address: URL, path: string, stage: Stage, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await (ahead.get(address.href) ?? fetch(address, init));
  } catch {
    throw LoadError.unreachable(path, stage);
  } finally {
    ahead.delete(address.href);
  }
  if (!response.ok) throw LoadError.refused(path, response.status, stage);
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

/** Addresses of what has been fetched and proved here. */
export const proved = new Set<string>();

/**
 * Fetches an asset of the manifest, proving its size and hash.
 *
 * @param each is given every part as it comes, not proved yet.
 */
export async function fetchAsset(
  base: string,
  asset: Asset,
  stage: Stage,
  progress: Progress,
  each: (part: Uint8Array<ArrayBuffer>) => void = () => undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchFile(base, asset.path, stage);
  const bytes = new Uint8Array(asset.bytes);
  let loaded = 0;
  for await (const chunk of stream(response, asset, stage)) {
    if (loaded + chunk.length > bytes.length) throw LoadError.damaged(asset, stage);
    bytes.set(chunk, loaded);
    loaded += chunk.length;
    each(chunk);
    progress(loaded, bytes.length);
  }
  if (loaded !== bytes.length || (await isDamaged(bytes, asset))) throw LoadError.damaged(asset, stage);
  proved.add(new URL(asset.path, base).href);
  return bytes;
}

async function* stream(response: Response, asset: Asset, stage: Stage): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = response.body!.getReader();
  try {
    for (let part = await alive(reader, asset, stage); !part.done; part = await alive(reader, asset, stage)) yield part.value;
  } finally {
    // Of a damaged file, the rest need not come.
    reader.cancel().catch(() => undefined);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;

/** The next part; rejects if the line breaks, or nothing comes any more. */
async function alive(reader: Reader, { path }: Asset, stage: Stage): ReturnType<Reader["read"]> {
  const late = new Deferred<never>();
  const stalled = `'${path}' has stalled: no byte for ${STALL} s; check the connection, then reload`;
  const timer = setTimeout(() => { late.reject(new LoadError(stalled, stage)); }, STALL * 1000);
  const broken = `'${path}' broke off on its way; check the connection, then reload`;
  const read = reader.read().catch(() => { throw new LoadError(broken, stage); });
  try {
    return await Promise.race([late.promise, read]);
  } finally {
    clearTimeout(timer);
  }
}

/** Browsers offer hashing in secure contexts only (https, localhost); elsewhere the size must do. */
export async function isDamaged(bytes: Uint8Array<ArrayBuffer>, { bytes: size, sha256 }: Asset): Promise<boolean> {
  if (bytes.length !== size || !isSecureContext) return bytes.length !== size;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") !== sha256;
}
