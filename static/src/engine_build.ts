/** Which of LiteRT.js's builds this browser runs. The page knows it too, so nothing of what the worker runs is here. */

import { NOT_ISOLATED } from "./protocol";
import { LineWatch, mayBeSlow, SlowLine } from "./slow_line";

/** XNNPACK gains little beyond this on the models that run in pages, and the page needs cores too. */
const MOST_THREADS = 4;

/**
 * Relaxed SIMD, as a module that uses one instruction of it: `i32x4.relaxed_trunc_f32x4_s`.
 * https://github.com/WebAssembly/relaxed-simd
 */
const RELAXED_SIMD = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0],
  ...[10, 9, 1, 7, 0, 32, 0, 253, 129, 2, 11],
]);

/** One of LiteRT.js's builds, and the threads that it can run with here. */
export interface Build {
  readonly file: string;
  readonly threads: number;
  /** What keeps it to one thread; "" where nothing does. */
  readonly limit: string;
}

/** The build that this browser runs: threads where the page is cross-origin isolated, one thread elsewhere. */
export function chooseBuild(): Build {
  if (!WebAssembly.validate(RELAXED_SIMD)) {
    return { file: "litert_wasm_compat_internal", threads: 1, limit: "this browser has no relaxed SIMD" };
  }
  const one = { file: "litert_wasm_internal", threads: 1 };
  if (!crossOriginIsolated) return { ...one, limit: NOT_ISOLATED };
  const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  if (threads < 2) return { ...one, limit: "the device has one core" };
  return { file: "litert_wasm_threaded_internal", threads, limit: "" };
}

/** Where a build's Wasm is. `base`: the folder of the backends' files. */
export function wasmOf(base: string, { file }: Build): string {
  return `${base}litert/${file}.wasm`;
}

/**
 * Compiled as it comes, where the host gives it its type.
 *
 * @param take is given a copy of its bytes, to be proved.
 * @param large its bytes, where it is to be given up on a slow line; 0: it may take as long as it needs.
 * @throws SlowLine where it was given up.
 */
export async function compileWasm(address: string, take: (bytes: ArrayBuffer) => void, large = 0): Promise<WebAssembly.Module> {
  const given = new AbortController();
  const watch = large > 0 && mayBeSlow(address) ? new LineWatch(large, () => { given.abort(new SlowLine(address)); }) : null;
  try {
    const response = await fetch(address, { signal: given.signal });
    if (!response.ok) throw new Error(`'${address}': the server answers ${response.status}`);
    // What breaks off on its way compiles neither.
    copyOf(response, watch).then(take, () => undefined);
    return await compile(response);
  } catch (error) {
    given.signal.throwIfAborted();
    throw error;
  } finally {
    watch?.end();
  }
}

async function compile(response: Response): Promise<WebAssembly.Module> {
  const isTyped = response.headers.get("content-type")?.startsWith("application/wasm") === true;
  return isTyped ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

async function copyOf(response: Response, watch: LineWatch | null): Promise<ArrayBuffer> {
  const copy = response.clone();
  if (watch === null) return copy.arrayBuffer();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = copy.body!.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    watch.came(part.value.length);
    parts.push(part.value);
  }
  // It may still be compiled for a while.
  watch.end();
  return new Blob(parts).arrayBuffer();
}
