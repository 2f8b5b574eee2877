/** LiteRT.js on WebGPU (ML Drift), in float32. */

import { getWebGpuDevice } from "@litertjs/core";

import { chooseBuild } from "../engine_build";
import type { Backend, Engine } from "./engine";
import { compile, start } from "./litert";
import { gpuUnavailable } from "./webgpu";

export const backend: Backend = {
  name: "litert-webgpu",
  format: "tflite",
  unavailable: gpuUnavailable,
  create,
};

async function create(base: string): Promise<Engine> {
  // The build that the page has fetched already; the GPU needs none of its threads.
  const build = chooseBuild();
  await start(base, build, navigator.gpu);
  const device = getWebGpuDevice();
  if (!device) throw new Error("WebGPU gives LiteRT no device");
  return {
    reason: "float32",
    lost: device.lost.then(({ message }) => `the WebGPU device was lost (${message || "no reason given"})`),
    compile: (files, name) => compile(files, name, "webgpu", 1),
    close: () => { device.destroy(); },
  };
}
