/** MediaPipe's own tasks, on the CPU: fetched from the package @mediapipe/tasks-vision, so typed here as far as used. */

import type { SubjectJob } from "../job";
import type { Subject } from "../subject";
import { blurBehind } from "./blur";
import { drawFaces } from "./faces";
import { rival } from "./rival";
import { finish } from "./task";

interface Detections {
  detections: {
    categories: { score: number }[];
    boundingBox?: { originX: number; originY: number; width: number; height: number };
    keypoints: { x: number; y: number }[];
  }[];
}

interface MPMask {
  readonly width: number;
  readonly height: number;
  getAsUint8Array(): Uint8Array;
}

interface Segmentation {
  confidenceMasks?: MPMask[];
}

interface Factory<T> {
  createFromOptions(files: unknown, options: object): Promise<T>;
}

interface Vision {
  FilesetResolver: { forVisionTasks(folder: string): Promise<unknown> };
  FaceDetector: Factory<{ detectForVideo(frame: ImageBitmap, timestamp: number): Detections }>;
  ImageSegmenter: Factory<{ segmentForVideo(frame: ImageBitmap, timestamp: number, done: (found: Segmentation) => void): void }>;
}

/** Milliseconds between two frames, as of a camera with 30 a second. */
const INTERVAL = 33;

export async function create({ work }: SubjectJob, canvas: HTMLCanvasElement): Promise<Subject> {
  const { files, model, task, sigma } = work!;
  const folder = new URL(files, location.href).href;
  const vision = (await import(/* @vite-ignore */ `${folder}vision_bundle.mjs`)) as Vision;
  const fileset = await vision.FilesetResolver.forVisionTasks(`${folder}wasm`);
  const baseOptions = { modelAssetPath: new URL(model, location.href).href, delegate: "CPU" };
  const draw = canvas.getContext("2d")!;
  const run = task === "faces" ? await faces(vision, fileset, baseOptions, draw) : await blur(vision, fileset, baseOptions, draw, sigma);
  let timestamp = 0;
  const name = task === "faces" ? "FaceDetector" : "ImageSegmenter";
  return rival(`MediaPipe tasks-vision, ${name}, CPU`, (frame) => {
    timestamp += INTERVAL;
    resize(canvas, frame);
    run(frame, timestamp);
    finish(draw);
    return Promise.resolve();
  });
}

type Run = (frame: ImageBitmap, timestamp: number) => void;

function resize(canvas: HTMLCanvasElement, frame: ImageBitmap): void {
  if (canvas.width === frame.width && canvas.height === frame.height) return;
  canvas.width = frame.width;
  canvas.height = frame.height;
}

async function faces(vision: Vision, fileset: unknown, baseOptions: object, draw: CanvasRenderingContext2D): Promise<Run> {
  const detector = await vision.FaceDetector.createFromOptions(fileset, { baseOptions, runningMode: "VIDEO" });
  return (frame, timestamp) => {
    const { detections } = detector.detectForVideo(frame, timestamp);
    drawFaces(draw, frame, detections.map(({ categories, boundingBox: box, keypoints }) => ({
      score: categories[0]?.score ?? 0,
      box: box ? [box.originX, box.originY, box.width, box.height] : [0, 0, 0, 0],
      points: keypoints.map(({ x, y }) => [x * frame.width, y * frame.height] as const),
    })));
  };
}

async function blur(
  vision: Vision,
  fileset: unknown,
  baseOptions: object,
  draw: CanvasRenderingContext2D,
  sigma: number,
): Promise<Run> {
  const options = { baseOptions, runningMode: "VIDEO", outputConfidenceMasks: true, outputCategoryMask: false };
  const segmenter = await vision.ImageSegmenter.createFromOptions(fileset, options);
  const context = new OffscreenCanvas(1, 1).getContext("2d")!;
  return (frame, timestamp) => {
    // Its masks are MediaPipe's own memory: they are gone when this callback returns.
    segmenter.segmentForVideo(frame, timestamp, ({ confidenceMasks }) => {
      const mask = confidenceMasks?.at(-1);
      if (mask === undefined) throw new Error("the segmenter gives no mask");
      context.canvas.width = mask.width;
      context.canvas.height = mask.height;
      context.putImageData(opaque(mask), 0, 0);
      blurBehind(draw, frame, context.canvas, sigma);
    });
  };
}

function opaque(mask: MPMask): ImageData {
  const image = new ImageData(mask.width, mask.height);
  const values = mask.getAsUint8Array();
  for (let at = 0; at < values.length; at++) image.data[at * 4 + 3] = values[at]!;
  return image;
}
