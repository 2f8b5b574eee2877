/**
 * Loads packages' shared libraries before Python starts, so that a memory snapshot may hold modules written in C.
 *
 * A library's place in memory and in the function table is written all over the memory that uses it. Loaded before
 * anything else, in the same order, it gets the same place whenever the same Pyodide starts: in the process that
 * makes the snapshot, and in the page that restores it. Emscripten's dynamic linking is described in
 * https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md
 */

/** A library by the path in Pyodide's file system that Python loads it from; `address` is where its bytes are. */
export interface Library {
  path: string;
  address: string;
}

interface LoadedLibrary {
  name: string;
}

/** The parts of Emscripten's module that are used here. */
export interface EmscriptenModule {
  HEAP8: Int8Array;
  preRun: ((module: EmscriptenModule) => void)[];
  locateFile: (name: string) => string;
  addRunDependency(name: string): void;
  removeRunDependency(name: string): void;
  loadDynamicLibrary(path: string, flags: Record<string, boolean>, scope: object): Promise<unknown>;
  _emscripten_resize_heap(bytes: number): boolean;
  LDSO: { loadedLibsByName: Record<string, LoadedLibrary>; loadedLibsByHandle: Record<number, LoadedLibrary> };
}

type Coming = readonly Library[] | Promise<readonly Library[]>;

export type CreateModule = (settings: EmscriptenModule) => Promise<EmscriptenModule>;

/**
 * Pyodide's `createPyodideModule`, which also loads libraries, and makes room for `memory` bytes in all.
 *
 * Its own Wasm is compiled while the libraries are still coming.
 * Emscripten waits for ever where something fails before its start; here it is an error.
 */
export function withLibraries(create: CreateModule, libraries: Coming, memory = 0): CreateModule {
  return (settings) =>
    new Promise((resolve, reject) => {
      settings.preRun.push((module) => {
        load(module, libraries, memory).catch(reject);
      });
      create(settings).then(resolve, reject);
    });
}

async function load(module: EmscriptenModule, coming: Coming, memory: number): Promise<void> {
  module.addRunDependency("libraries");
  const libraries = await coming;
  if (module.HEAP8.length < memory && !module._emscripten_resize_heap(memory)) {
    throw new Error(`no ${memory} bytes of memory can be had`);
  }
  const { locateFile } = module;
  module.locateFile = (name) => libraries.find(({ path }) => path === name)?.address ?? locateFile(name);
  // As Python does it: their symbols are their own, and they stay. One after the other: the order is their place.
  for (const { path } of libraries) {
    await module.loadDynamicLibrary(path, { loadAsync: true, global: false, nodelete: true }, {});
  }
  module.locateFile = locateFile;
  module.removeRunDependency("libraries");
}

/** What `dlopen` has given, which the memory holds, but not the module: a number and a library's path each. */
export type Handles = [handle: number, path: string][];

export function handlesOf({ LDSO }: EmscriptenModule, libraries: readonly Library[]): Handles {
  const own = new Set(libraries.map(({ path }) => path));
  const held = Object.entries(LDSO.loadedLibsByHandle).map(([handle, { name }]) => [Number(handle), name] as Handles[0]);
  return held.filter(([, path]) => own.has(path));
}

export function restoreHandles({ LDSO }: EmscriptenModule, handles: Handles): void {
  for (const [handle, path] of handles) LDSO.loadedLibsByHandle[handle] = LDSO.loadedLibsByName[path]!;
}
