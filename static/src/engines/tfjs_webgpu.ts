/** TF.js on WebGPU. */

import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import { backend as current } from "@tensorflow/tfjs-core";

import type { Backend } from "./engine";
import type { Gpu } from "./tfjs";
import { createTfjs } from "./tfjs";
import { gpuUnavailable } from "./webgpu";

export const backend: Backend = {
  name: "tfjs-webgpu",
  format: "tfjs",
  unavailable: gpuUnavailable,
  create: () => createTfjs("webgpu", "", gpu),
};

function gpu(): Gpu {
  const used = current();
  if (!(used instanceof WebGPUBackend)) throw new Error("TF.js has set another backend than WebGPU");
  let isLost = false;
  const lost = used.device.lost.then(({ message }) => {
    isLost = true;
    return `the WebGPU device was lost (${message || "no reason given"})`;
  });
  return { lost, isLost: () => isLost };
}
