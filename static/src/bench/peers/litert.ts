/** The page that a good engineer writes by hand on LiteRT.js, on the main thread, as such pages do. */

import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

import type { SubjectJob } from "../job";
import type { Subject } from "../subject";
import { CanvasInput } from "./canvas_input";
import { rival } from "./rival";
import { createTask } from "./task";

/** XNNPACK gains little beyond this on models for pages; the app takes no more either. */
const MOST_THREADS = 4;

export async function create({ work }: SubjectJob, canvas: HTMLCanvasElement): Promise<Subject> {
  const { model: address, files, width, height } = work!;
  const threads = crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, MOST_THREADS) : 1;
  await loadLiteRt(files, { threads: threads > 1 });
  const cpuOptions = threads > 1 ? { cpuOptions: { numThreads: threads } } : {};
  const model = await loadAndCompile(address, { accelerator: "wasm", ...cpuOptions });
  const [input, task] = [new CanvasInput(work!), createTask(work!, canvas)];
  return rival(`LiteRT.js on Wasm, ${threads === 1 ? "1 thread" : `${threads} threads`}, canvas input`, async (frame) => {
    const placement = input.read(frame);
    const tensor = new Tensor(input.floats, [1, height, width, 3]);
    const outputs = await model.run([tensor]);
    const arrays = await Promise.all(outputs.map(async (one) => (await one.data()) as Float32Array));
    for (const one of [tensor, ...outputs]) one.delete();
    task(frame, placement, arrays);
  });
}
