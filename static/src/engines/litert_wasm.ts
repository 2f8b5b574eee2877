/** LiteRT.js on XNNPACK, compiled to Wasm SIMD: runs in every browser that the page runs in. */

import { chooseBuild } from "../engine_build";
import type { Backend, Engine } from "./engine";
import { compile, start } from "./litert";

export const backend: Backend = {
  name: "litert-wasm",
  format: "tflite",
  unavailable: () => Promise.resolve(null),
  threads: () => {
    const { threads } = chooseBuild();
    return Promise.resolve(threads > 1 ? [threads, 1] : [1]);
  },
  create,
};

async function create(base: string): Promise<Engine> {
  const build = chooseBuild();
  // Else LiteRT.js asks for a GPU device, which XNNPACK never uses.
  await start(base, build, undefined);
  return {
    reason: build.limit,
    lost: new Promise(() => undefined),
    compile: (files, name, threads) => compile(files, name, "wasm", threads),
    close: () => undefined,
  };
}
