/** Pyodide: the parts of it that are used here, and its two ways to start. */

import type { SnapshotAsset } from "../protocol";
import type { FileSystem } from "./archive";
import type { CreateModule, EmscriptenModule, Library } from "./libraries";
import { restoreHandles, withLibraries } from "./libraries";
import type { MemoryDelta } from "./memory_delta";
import { add, startsAs } from "./memory_delta";
import { PROCESS } from "./places";

export interface Pyodide {
  _module: EmscriptenModule;
  FS: FileSystem;
  pyimport(name: string): unknown;
}

interface PyodideScript {
  loadPyodide: (options: object) => Promise<Pyodide>;
}

/** A snapshot on its way. */
export interface Coming {
  libraries: Promise<Blob[]>;
  delta: Promise<MemoryDelta>;
}

/** Starts Python from nothing; `folder` is the address of Pyodide's files. */
export async function startPlain(folder: string): Promise<Pyodide> {
  const { loadPyodide } = await scriptOf(folder);
  return loadPyodide({ indexURL: folder });
}

/**
 * Starts Python from a snapshot, with the modules imported that it holds, and without its standard library's files.
 * Python's own files are fetched and compiled while the snapshot is still coming.
 */
export async function restore(folder: string, asset: SnapshotAsset, coming: Coming): Promise<Pyodide> {
  const create = createOf(folder);
  // Whoever waits for it is told, if the other script comes at all.
  create.catch(() => undefined);
  const { loadPyodide } = await scriptOf(folder);
  const createPyodideModule: CreateModule = (settings) => createWith(create, asset, coming, settings);
  // Pyodide takes memory as createWith has made it.
  const header = Uint8Array.from(atob(asset.header), (letter) => letter.charCodeAt(0));
  const stdLibURL = URL.createObjectURL(new Blob([]));
  try {
    const pyodide = await loadPyodide({ ...PROCESS, indexURL: folder, _loadSnapshot: header, createPyodideModule, stdLibURL });
    restoreHandles(pyodide._module, asset.handles);
    return pyodide;
  } finally {
    URL.revokeObjectURL(stdLibURL);
  }
}

async function createWith(
  create: Promise<CreateModule>,
  { libraries, memory, start }: SnapshotAsset,
  coming: Coming,
  settings: EmscriptenModule,
): Promise<EmscriptenModule> {
  const addresses: string[] = [];
  const located = coming.libraries.then((blobs) => {
    addresses.push(...blobs.map((library) => URL.createObjectURL(library)));
    return libraries.map(({ path }, index): Library => ({ path, address: addresses[index]! }));
  });
  // Where it does not come, Emscripten may have failed by something else before it asks.
  located.catch(() => undefined);
  try {
    const module = await withLibraries(await create, located, memory)(settings);
    const heap = new Uint8Array(module.HEAP8.buffer);
    if (!startsAs(heap, start)) throw new Error("Python's memory starts otherwise here than where it was made");
    add(await coming.delta, heap);
    return module;
  } finally {
    for (const address of addresses) URL.revokeObjectURL(address);
  }
}

async function scriptOf(folder: string): Promise<PyodideScript> {
  return (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as PyodideScript;
}

async function createOf(folder: string): Promise<CreateModule> {
  return ((await import(/* @vite-ignore */ `${folder}pyodide.asm.mjs`)) as { default: CreateModule }).default;
}
