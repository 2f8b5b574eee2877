/** TF.js on its Wasm kernels (XNNPACK), with SIMD where the browser has it, on one thread. */

import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { env } from "@tensorflow/tfjs-core";

import type { Backend, Engine } from "./engine";
import { createTfjs } from "./tfjs";

export const backend: Backend = {
  name: "tfjs-wasm",
  format: "tfjs",
  unavailable: () => Promise.resolve(null),
  create,
};

async function create(base: string): Promise<Engine> {
  // Its threads start from a blob: address, which a site's Content-Security-Policy may well forbid.
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths(`${base}engines/`);
  const simd = await env().getAsync("WASM_HAS_SIMD_SUPPORT");
  return createTfjs("wasm", simd ? "SIMD, 1 thread" : "1 thread, no SIMD");
}
