/** LiteRT.js on XNNPACK, compiled to Wasm SIMD: runs in every browser that the page runs in. */

import type { Backend, Engine } from "./engine";
import { chooseBuild, compile, start } from "./litert";

export const backend: Backend = {
  name: "litert-wasm",
  format: "tflite",
  unavailable: () => Promise.resolve(null),
  threads: async () => {
    const { threads } = await chooseBuild();
    return threads > 1 ? [threads, 1] : [1];
  },
  create,
};

async function create(base: string): Promise<Engine> {
  const build = await chooseBuild();
  // Else LiteRT.js asks for a GPU device, which XNNPACK never uses.
  await start(base, build, undefined);
  return {
    reason: build.limit,
    lost: new Promise(() => undefined),
    compile: (files, name, threads) => compile(files, name, "wasm", threads),
    close: () => undefined,
  };
}
