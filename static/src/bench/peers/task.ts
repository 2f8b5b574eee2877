/** What a hand-written page does with a model's outputs: by the canvas, as the app does by its calculators. */

import type { Work } from "../job";
import { blurTask } from "./blur";
import type { Placement } from "./canvas_input";
import { facesTask } from "./faces";

/** Takes the frame, where it lay in the input, and each output's numbers; the result is drawn when it returns. */
export type Task = (frame: ImageBitmap, placement: Placement, outputs: readonly Float32Array[]) => void;

export function createTask(work: Work, canvas: HTMLCanvasElement): Task {
  const context = canvas.getContext("2d")!;
  const task = { blur: blurTask, faces: facesTask, none: () => () => undefined }[work.task](context, work);
  return (frame, placement, outputs) => {
    if (canvas.width !== frame.width || canvas.height !== frame.height) {
      canvas.width = frame.width;
      canvas.height = frame.height;
    }
    task(frame, placement, outputs);
    finish(context);
  };
}

/** Canvas drawing is recorded and done later; reading a pixel makes the browser do it within the measured time. */
export function finish(context: CanvasRenderingContext2D): void {
  context.getImageData(0, 0, 1, 1);
}
