/** Pyodide: the parts of it that are used here, and its two ways to start. */

import { fetchAsset, LoadError } from "../loading";
import type { SnapshotAsset } from "../protocol";
import type { CreateModule, EmscriptenModule, Library } from "./libraries";
import { restoreHandles, withLibraries } from "./libraries";
import type { FileSystem } from "./archive";
import { Unpacking } from "./unpacking";

export interface Pyodide {
  _module: EmscriptenModule;
  FS: FileSystem;
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

/**
 * Starts Python from a snapshot, with the modules imported that it holds. Python's own files are fetched and compiled
 * while the snapshot is still coming.
 */
export async function restore(folder: string, asset: SnapshotAsset, coming: Promise<Unpacked>): Promise<Pyodide> {
  const [{ loadPyodide }, { default: create }] = await Promise.all([
    scriptOf(folder),
    import(/* @vite-ignore */ `${folder}pyodide.asm.mjs`) as Promise<{ default: CreateModule }>,
  ]);
  const createPyodideModule: CreateModule = (settings) => createWith(create, asset, coming, settings);
  const memory = coming.then((unpacked) => unpacked.memory);
  // Where it does not come, loadPyodide may have ended by something else before it asks.
  memory.catch(() => undefined);
  const pyodide = await loadPyodide({ indexURL: folder, _loadSnapshot: memory, createPyodideModule });
  restoreHandles(pyodide._module, asset.handles);
  return pyodide;
}

async function createWith(
  create: CreateModule,
  { libraries, memory }: SnapshotAsset,
  coming: Promise<Unpacked>,
  settings: EmscriptenModule,
): Promise<EmscriptenModule> {
  const addresses: string[] = [];
  const located = coming.then((unpacked) => {
    addresses.push(...unpacked.libraries.map((library) => URL.createObjectURL(library)));
    return libraries.map(({ path }, index): Library => ({ path, address: addresses[index]! }));
  });
  // Where it does not come, Emscripten may have failed by something else before it asks.
  located.catch(() => undefined);
  try {
    return await withLibraries(create, located, memory)(settings);
  } finally {
    for (const address of addresses) URL.revokeObjectURL(address);
  }
}

async function scriptOf(folder: string): Promise<PyodideScript> {
  return (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as PyodideScript;
}

/** Fetches a snapshot and unpacks it as it comes; throws a {@link LoadError} where it is not as it was built. */
export async function fetchSnapshot(base: string, asset: SnapshotAsset, progress: (loaded: number, total: number) => void): Promise<Unpacked> {
  const sizes = [asset.memory_bytes, ...asset.libraries.map(({ bytes }) => bytes)];
  const unpacking = new Unpacking(sizes.reduce((sum, one) => sum + one, 0));
  try {
    await fetchAsset(base, asset, "python", progress, (part) => { unpacking.add(part); });
  } catch (error) {
    unpacking.abandon();
    throw error;
  }
  const bytes = await unpacking.end();
  if (bytes === null) throw new LoadError(`'${asset.path}' does not unpack to ${unpacking.total} bytes; build the site again`, "python");
  let end = asset.memory_bytes;
  const libraries = asset.libraries.map((one) => new Blob([bytes.subarray(end, (end += one.bytes))], { type: "application/wasm" }));
  return { memory: bytes.subarray(0, asset.memory_bytes), libraries };
}
