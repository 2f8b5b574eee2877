/** The page that is usually written by hand on TF.js: on its Wasm kernels, all of the input's making by TF.js too. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import { getThreadsCount, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { Tensor, Tensor3D } from "@tensorflow/tfjs-core";
import * as tf from "@tensorflow/tfjs-core";

import type { SubjectJob, Work } from "../job";
import type { Subject } from "../subject";
import { rival } from "./rival";
import { createTask } from "./task";

/** As the app and the rival on LiteRT.js take at most. */
const MOST_THREADS = 4;

export async function create({ work }: SubjectJob, canvas: HTMLCanvasElement): Promise<Subject> {
  setWasmPaths(new URL(work!.files, location.href).href);
  // It takes half of the cores at most, whatever is asked for (https://github.com/tensorflow/tfjs/issues/6081): with two
  // cores, one thread. Made to take two of two, by naming it twice as many cores, it was slower.
  setThreadsCount(Math.min(navigator.hardwareConcurrency, MOST_THREADS));
  await tf.setBackend("wasm");
  const model = await loadGraphModel(work!.tfjs);
  const task = createTask(work!, canvas);
  return rival(`TF.js on Wasm, ${threadsText()}, fromPixels`, async (frame) => {
    const outputs = tf.tidy(() => infer(model, frame, work!));
    const arrays = await Promise.all(outputs.map(async (one) => (await one.data()) as Float32Array));
    tf.dispose(outputs);
    task(frame, placementOf(frame, work!), arrays);
  });
}

function threadsText(): string {
  try {
    const threads = getThreadsCount();
    return threads === 1 ? "1 thread" : `${threads} threads`;
  } catch {
    return "1 thread";
  }
}

function infer(model: GraphModel, frame: ImageBitmap, work: Work): Tensor[] {
  const { width, height, range: [low, high] } = work;
  const whole = padded(tf.browser.fromPixels(frame), frame, work);
  const sized = tf.image.resizeBilinear(whole, [height, width]);
  const input = tf.add(tf.mul(sized, (high - low) / 255), low);
  const outputs = model.execute(tf.expandDims(input));
  return (Array.isArray(outputs) ? outputs : [outputs]);
}

/** Black around the frame, where it keeps its aspect. */
function padded(pixels: Tensor3D, frame: ImageBitmap, work: Work): Tensor3D {
  const { left, top, scaleX, scaleY } = placementOf(frame, work);
  const [x, y] = [Math.round(left / scaleX), Math.round(top / scaleY)];
  return x === 0 && y === 0 ? pixels : tf.pad(pixels, [[y, y], [x, x], [0, 0]]);
}

function placementOf(frame: ImageBitmap, { width, height, keepAspect }: Work): Parameters<ReturnType<typeof createTask>>[1] {
  const [x, y] = [width / frame.width, height / frame.height];
  const scale = Math.min(x, y);
  if (!keepAspect) return { scaleX: x, scaleY: y, left: 0, top: 0 };
  return { scaleX: scale, scaleY: scale, left: (width - frame.width * scale) / 2, top: (height - frame.height * scale) / 2 };
}
