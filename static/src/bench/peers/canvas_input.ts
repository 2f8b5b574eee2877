/** A model's input by the canvas: the usual hand-written way. */

import type { Work } from "../job";

/** Where the frame lies in the model's input: pixels of the input, of which `scale` are one pixel of the frame. */
export interface Placement {
  scaleX: number;
  scaleY: number;
  left: number;
  top: number;
}

export class CanvasInput {
  readonly floats: Float32Array<ArrayBuffer>;
  private readonly context: OffscreenCanvasRenderingContext2D;

  constructor(private readonly work: Work) {
    const { width, height } = work;
    this.context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    this.floats = new Float32Array(width * height * 3);
  }

  /** Fills {@link floats} with the frame, RGB by rows. */
  read(frame: ImageBitmap): Placement {
    const { width, height, range } = this.work;
    const placement = placementOf(frame, this.work);
    this.context.fillStyle = "black";
    this.context.fillRect(0, 0, width, height);
    const { left, top, scaleX, scaleY } = placement;
    this.context.drawImage(frame, left, top, frame.width * scaleX, frame.height * scaleY);
    normalise(this.context.getImageData(0, 0, width, height).data, this.floats, range);
    return placement;
  }
}

function placementOf(frame: ImageBitmap, { width, height, keepAspect }: Work): Placement {
  const [x, y] = [width / frame.width, height / frame.height];
  const [scaleX, scaleY] = keepAspect ? [Math.min(x, y), Math.min(x, y)] : [x, y];
  return { scaleX, scaleY, left: (width - frame.width * scaleX) / 2, top: (height - frame.height * scaleY) / 2 };
}

function normalise(data: Uint8ClampedArray, floats: Float32Array, [low, high]: [number, number]): void {
  const scale = (high - low) / 255;
  for (let from = 0, to = 0; from < data.length; from += 4) {
    floats[to++] = data[from]! * scale + low;
    floats[to++] = data[from + 1]! * scale + low;
    floats[to++] = data[from + 2]! * scale + low;
  }
}
