/** Pyodide: the parts of it that are used here, and its two ways to start. */

import { fetchAsset, LoadError } from "../loading";
import type { SnapshotAsset } from "../protocol";
import type { CreateModule, EmscriptenModule, Library } from "./libraries";
import { restoreHandles, withLibraries } from "./libraries";

export interface Pyodide {
  _module: EmscriptenModule;
  unpackArchive(buffer: Uint8Array, format: string, options: { extractDir: string }): void;
  pyimport(name: string): unknown;
}

interface PyodideScript {
  loadPyodide: (options: object) => Promise<Pyodide>;
}

/** A snapshot as it is restored: Python's memory, and the shared libraries that it counts on. */
export interface Unpacked {
  memory: Uint8Array;
  libraries: Blob[];
}

/** Starts Python from nothing; `folder` is the address of Pyodide's files. */
export async function startPlain(folder: string): Promise<Pyodide> {
  const { loadPyodide } = await scriptOf(folder);
  return loadPyodide({ indexURL: folder });
}

/** Starts Python from a snapshot, with the modules imported that it holds. */
export async function restore(folder: string, asset: SnapshotAsset, { memory, libraries }: Unpacked): Promise<Pyodide> {
  const [{ loadPyodide }, script] = await Promise.all([
    scriptOf(folder),
    import(/* @vite-ignore */ `${folder}pyodide.asm.mjs`) as Promise<{ default: CreateModule }>,
  ]);
  const located: Library[] = asset.libraries.map(({ path }, index) => ({ path, address: URL.createObjectURL(libraries[index]!) }));
  try {
    const createPyodideModule = withLibraries(script.default, located, asset.memory);
    const pyodide = await loadPyodide({ indexURL: folder, _loadSnapshot: memory, createPyodideModule });
    restoreHandles(pyodide._module, asset.handles);
    return pyodide;
  } finally {
    for (const { address } of located) URL.revokeObjectURL(address);
  }
}

async function scriptOf(folder: string): Promise<PyodideScript> {
  return (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as PyodideScript;
}

/** Fetches a snapshot and unpacks it; throws a {@link LoadError} where it is not as it was built. */
export async function fetchSnapshot(base: string, asset: SnapshotAsset, progress: (loaded: number, total: number) => void): Promise<Unpacked> {
  const packed = await fetchAsset(base, asset, "python", progress);
  const sizes = [asset.memory_bytes, ...asset.libraries.map(({ bytes }) => bytes)];
  const total = sizes.reduce((sum, one) => sum + one, 0);
  const bytes = await unpack(packed, total);
  if (bytes === null) throw new LoadError(`'${asset.path}' does not unpack to ${total} bytes; build the site again`, "python");
  let end = asset.memory_bytes;
  const libraries = asset.libraries.map((one) => new Blob([bytes.subarray(end, (end += one.bytes))], { type: "application/wasm" }));
  return { memory: bytes.subarray(0, asset.memory_bytes), libraries };
}

/** The bytes that gzip was made of; null if they are not `total`. */
async function unpack(packed: Uint8Array<ArrayBuffer>, total: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(total);
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (length + part.value.length > total) return null;
    bytes.set(part.value, length);
    length += part.value.length;
  }
  return length === total ? bytes : null;
}
