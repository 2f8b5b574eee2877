/** Blurs what the mask leaves out, by the canvas's own filter. */

import type { Work } from "../job";
import type { Task } from "./task";

export function blurTask(context: CanvasRenderingContext2D, { width, height, sigma }: Work): Task {
  const maskContext = new OffscreenCanvas(width, height).getContext("2d")!;
  const image = new ImageData(width, height);
  return (frame, _, [mask]) => {
    for (let at = 0; at < image.data.length / 4; at++) image.data[at * 4 + 3] = mask![at]! * 255;
    maskContext.putImageData(image, 0, 0);
    blurBehind(context, frame, maskContext.canvas, sigma);
  };
}

/** `mask`: opaque where the person is; of any size. */
export function blurBehind(context: CanvasRenderingContext2D, frame: ImageBitmap, mask: CanvasImageSource, sigma: number): void {
  context.globalCompositeOperation = "copy";
  context.filter = "none";
  context.drawImage(mask, 0, 0, frame.width, frame.height);
  context.globalCompositeOperation = "source-in";
  context.drawImage(frame, 0, 0);
  context.globalCompositeOperation = "destination-over";
  context.filter = `blur(${sigma}px)`;
  context.drawImage(frame, 0, 0);
}
