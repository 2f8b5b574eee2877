/** A hand-written page on onnxruntime-web, on Wasm; the package is fetched, so it is typed here as far as used. */

import type { SubjectJob } from "../job";
import type { Subject } from "../subject";
import { CanvasInput } from "./canvas_input";
import { rival } from "./rival";
import { createTask } from "./task";

interface OrtTensor {
  readonly data: Float32Array;
  dispose(): void;
}

interface Session {
  readonly inputNames: readonly string[];
  run(feeds: Record<string, OrtTensor>): Promise<Record<string, OrtTensor>>;
}

interface Ort {
  env: { wasm: { wasmPaths: string; numThreads: number } };
  InferenceSession: { create(model: string, options: object): Promise<Session> };
  Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => OrtTensor;
}

/** As the app and the rival on LiteRT.js take at most. */
const MOST_THREADS = 4;

export async function create({ work }: SubjectJob, canvas: HTMLCanvasElement): Promise<Subject> {
  const { files, model, width, height } = work!;
  const folder = new URL(files, location.href).href;
  const ort = (await import(/* @vite-ignore */ `${folder}ort.wasm.min.mjs`)) as Ort;
  const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
  Object.assign(ort.env.wasm, { wasmPaths: folder, numThreads: threads });
  const session = await ort.InferenceSession.create(new URL(model, location.href).href, { executionProviders: ["wasm"] });
  const [input, task] = [new CanvasInput(work!), createTask(work!, canvas)];
  const planes = new Float32Array(input.floats.length);
  return rival(`onnxruntime-web on Wasm, ${threads} threads, canvas input`, async (frame) => {
    const placement = input.read(frame);
    toPlanes(input.floats, planes);
    const tensor = new ort.Tensor("float32", planes, [1, 3, height, width]);
    const outputs = Object.values(await session.run({ [session.inputNames[0]!]: tensor }));
    task(frame, placement, outputs.map(({ data }) => data));
    for (const one of outputs) one.dispose();
  });
}

/** ONNX models of pictures have their channels first. */
function toPlanes(pixels: Float32Array, planes: Float32Array): void {
  const size = pixels.length / 3;
  for (let at = 0; at < size; at++) {
    for (let channel = 0; channel < 3; channel++) planes[channel * size + at] = pixels[at * 3 + channel]!;
  }
}
