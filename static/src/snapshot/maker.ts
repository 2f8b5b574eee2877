/**
 * Makes a memory snapshot of Pyodide in which modules are imported already, under Node.js: `node maker.mjs JOB`.
 * pyweb_ml/bundle/snapshot.py writes the job and reads what is written.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import type { CreateModule, EmscriptenModule, Handles, Library } from "../python/libraries";
import { handlesOf, restoreHandles, withLibraries } from "../python/libraries";
import type { MemoryDelta, Start } from "../python/memory_delta";
import { add, difference, differingPages, packDelta, startOf } from "../python/memory_delta";
import { LATER_MODULE, PAGE_MODULE, PLACES, PROCESS } from "../python/places";

interface Job {
  /** Address of Pyodide's folder, ending in "/". */
  pyodide: string;
  /** Files, in the order of their installation; the last is pyweb_ml itself. */
  archives: string[];
  /** Modules to import; what cannot be imported here is left to the page. */
  imports: string[];
  /** Folder to write to: delta.bin, 0.so, 1.so, …, and snapshot.json; or error.txt. */
  out: string;
}

interface Pyodide {
  _module: EmscriptenModule & {
    FS: { readFile(path: string): Uint8Array };
    wasmTable: WebAssembly.Table;
    _malloc(bytes: number): number;
    _free(address: number): void;
    _sbrk(bytes: number): number;
  };
  unpackArchive(buffer: Uint8Array, format: string, options: { extractDir: string }): void;
  runPython(code: string): unknown;
  makeMemorySnapshot(): Uint8Array;
}

interface PyodideScript {
  loadPyodide: (options: object) => Promise<Pyodide>;
}

/** Where Pyodide's snapshot says how long its header is: a 32-bit number, after one that says what it is. */
const HEADER_BYTES = 4;

const encoder = new TextEncoder();
const job = JSON.parse(new TextDecoder().decode(readFileSync(argv[2]!))) as Job;
const archives = job.archives.map((path) => new Uint8Array(readFileSync(path)));
const pyodideScript = (await import(`${job.pyodide}pyodide.mjs`)) as PyodideScript;
const { default: create } = (await import(`${job.pyodide}pyodide.asm.mjs`)) as { default: CreateModule };
try {
  await make();
} catch (error) {
  // Node.js itself would print the script's line, too, which is a megabyte long.
  write("error.txt", encoder.encode(String(error)));
}

function write(name: string, data: Uint8Array): void {
  writeFileSync(join(job.out, name), data);
}

async function make(): Promise<void> {
  const libraries = await writeLibraries();
  const createPyodideModule = withLibraries(create, libraries);
  const python = await pyodideScript.loadPyodide({ _makeSnapshot: true, ...PROCESS, createPyodideModule });
  const before = python._module.wasmTable.length;
  importAll(python);
  requireSameTable(python, before);
  wipeFreeMemory(python);
  const handles = handlesOf(python._module, libraries);
  const memory = python._module.HEAP8.length;
  const { header, delta, start } = await prove(python.makeMemorySnapshot(), libraries, handles, memory);
  write("delta.bin", packDelta(delta));
  const facts = { header: btoa(String.fromCharCode(...header)), pages: delta.pages.length, start, memory, handles };
  write("snapshot.json", encoder.encode(JSON.stringify({ ...facts, libraries: libraries.map(({ path }) => path) })));
}

interface Proved {
  /** What Pyodide must be given as a snapshot, so that it takes memory as it finds it. */
  header: Uint8Array;
  delta: MemoryDelta;
  start: Start;
}

/** Restores it twice, the second time as a page will, and tells how memory differs from what it is when Python starts. */
async function prove(snapshot: Uint8Array, libraries: Library[], handles: Handles, memory: number): Promise<Proved> {
  const end = new DataView(snapshot.buffer, snapshot.byteOffset).getUint32(HEADER_BYTES, true);
  const [header, whole] = [snapshot.slice(0, end), snapshot.subarray(end)];
  let first!: Uint8Array;
  await restore(header, libraries, memory, (heap) => {
    first = heap.slice();
    heap.set(whole);
  });
  let found!: Proved;
  const python = await restore(header, libraries, memory, (heap) => {
    const varying = differingPages(first, heap);
    found = { header, start: startOf(heap, varying), delta: difference(heap, varying, whole) };
    add(found.delta, heap);
  });
  restoreHandles(python._module, handles);
  python.runPython(`
import ${PAGE_MODULE} as page, numpy as np
page.refresh()
assert (np.ones((2, 3)) @ np.ones((3, 2)) == 3).all()
`);
  return found;
}

/** A Python whose memory is filled once it could start. */
function restore(header: Uint8Array, libraries: Library[], memory: number, fill: (heap: Uint8Array) => void): Promise<Pyodide> {
  const createPyodideModule: CreateModule = async (settings) => {
    const module = await withLibraries(create, libraries, memory)(settings);
    fill(new Uint8Array(module.HEAP8.buffer));
    return module;
  };
  return pyodideScript.loadPyodide({ ...PROCESS, _loadSnapshot: header, createPyodideModule });
}

/** A first Python says which libraries the modules need; they are written as files for the second one to begin with. */
async function writeLibraries(): Promise<Library[]> {
  const python = await pyodideScript.loadPyodide(PROCESS);
  importAll(python);
  const { LDSO, FS } = python._module;
  const paths = Object.keys(LDSO.loadedLibsByName).filter((path) => path.startsWith("/"));
  const libraries = paths.map((path, index) => ({ path, address: join(job.out, `${index}.so`) }));
  for (const { path, address } of libraries) writeFileSync(address, FS.readFile(path));
  return libraries;
}

function importAll(python: Pyodide): void {
  archives.forEach((bytes, index) => {
    if (index < archives.length - 1) python.unpackArchive(bytes, "wheel", { extractDir: PLACES.packages });
    else python.unpackArchive(bytes, "zip", { extractDir: PLACES.app });
  });
  python.runPython(`
import gc, importlib, ${PAGE_MODULE}, ${LATER_MODULE}
for name in ${JSON.stringify(job.imports)}:
    try:
        importlib.import_module(name)
    except Exception:
        pass
# It imports a good deal itself, and the page needs it at once.
importlib.invalidate_caches()
gc.collect()
`);
}

/** A function that was added to the table while modules were imported, and is there still, would be missing later. */
function requireSameTable({ _module: { wasmTable } }: Pyodide, before: number): void {
  for (let index = before; index < wasmTable.length; index++) {
    if (wasmTable.get(index) !== null) throw new Error("a module keeps a callback of ctypes, which no snapshot can hold");
  }
}

/** What was freed still holds old bytes, such as those of the archives, which compress badly. */
function wipeFreeMemory({ _module: module }: Pyodide): void {
  const end = module._sbrk(0);
  const held: number[] = [];
  for (let size = 1 << 22; size >= 1 << 7; size >>= 1) {
    let address = module._malloc(size);
    for (; address !== 0 && address + size <= end; address = module._malloc(size)) held.push(wiped(module, address, size));
    module._free(address);
  }
  held.forEach((address) => { module._free(address); });
}

function wiped(module: EmscriptenModule, address: number, size: number): number {
  module.HEAP8.fill(0, address, address + size);
  return address;
}
