/** TF.js on WebGL 2, in an OffscreenCanvas: the GPU of browsers that have no WebGPU. */

import { MathBackendWebGL } from "@tensorflow/tfjs-backend-webgl";
import { backend as current } from "@tensorflow/tfjs-core";

import type { Backend } from "./engine";
import type { Gpu } from "./tfjs";
import { createTfjs } from "./tfjs";

export const backend: Backend = {
  name: "tfjs-webgl",
  format: "tfjs",
  unavailable: () => Promise.resolve(unavailable()),
  create: () => createTfjs("webgl", "", gpu),
};

function unavailable(): string | null {
  if (typeof OffscreenCanvas === "undefined") return "this browser has no OffscreenCanvas";
  const gl = new OffscreenCanvas(1, 1).getContext("webgl2");
  // Browsers keep few contexts alive: this one is given back at once.
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return gl ? null : "this browser or device has no WebGL 2";
}

/** A lost context raises no error: shaders run on into nothing, and what is read back are zeros. */
function gpu(): Gpu {
  const used = current();
  if (!(used instanceof MathBackendWebGL)) throw new Error("TF.js has set another backend than WebGL");
  const { gl } = used.getGPGPUContext();
  const lost = new Promise<string>((resolve) => {
    gl.canvas.addEventListener("webglcontextlost", () => { resolve("the WebGL context was lost"); });
  });
  return { lost, isLost: () => gl.isContextLost() };
}
