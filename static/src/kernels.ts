/** The compiled kernels (static/kernels) and the memory that they share with the payloads. */

import { Allocator } from "./allocator";
import { Bytes, Image, Mask, Tensor } from "./image";

interface Exports {
  memory: WebAssembly.Memory;
  __heap_base: WebAssembly.Global<"i32">;
  blend(foreground: number, background: number, mask: number, out: number, pixels: number): void;
  draw_segment(
    ...all: [
      ...image: [address: number, width: number, height: number],
      ...segment: [x0: number, y0: number, x1: number, y1: number, reach: number],
      ...color: [r: number, g: number, b: number],
    ]
  ): void;
  gaussian_blur_scratch(width: number, d: number): number;
  gaussian_blur(image: number, width: number, height: number, out: number, d: number, scratch: number): void;
  i420_to_rgba(
    ...all: [
      ...y: [address: number, stride: number],
      ...chroma: [u: number, v: number, stride: number],
      ...image: [width: number, height: number, address: number],
      ...colors: [isBt709: number, isFull: number],
    ]
  ): void;
  nv12_to_rgba(
    ...all: [
      ...y: [address: number, stride: number],
      ...uv: [address: number, stride: number],
      ...image: [width: number, height: number, address: number],
      ...colors: [isBt709: number, isFull: number],
    ]
  ): void;
  opaque_to_rgba(pixels: number, count: number, swaps: number): number;
  resize_mask_scratch(width: number): number;
  resize_mask(
    mask: number,
    width: number,
    height: number,
    out: number,
    outWidth: number,
    outHeight: number,
    scratch: number,
  ): void;
  image_to_tensor_scratch(width: number): number;
  image_to_tensor(
    ...all: [
      ...sizes: [image: number, width: number, height: number, tensor: number, w: number, h: number],
      ...positions: [x: number, xStep: number, y: number, yStep: number],
      ...more: [replicate: number, scale: number, offset: number, scratch: number],
    ]
  ): void;
}

/** Which pixels of an image a tensor takes: column i samples at x + i * xStep, row j at y + j * yStep. */
export interface Sampling {
  width: number;
  height: number;
  x: number;
  xStep: number;
  y: number;
  yStep: number;
  /** Outside the image: the nearest pixel (true) or zero. */
  replicate: boolean;
  /** What a channel of 0..255 becomes: value * scale + offset. */
  scale: number;
  offset: number;
}

/** Planes of Y, U and V (I420), or of Y and of U and V by turns (NV12): chroma at half the size, rounded up. */
export interface YuvPlanes {
  readonly bytes: Bytes;
  readonly layout: readonly PlaneLayout[];
  readonly isBt709: boolean;
  readonly isFullRange: boolean;
}

/** Floats that may lie anywhere, row by row. */
export interface Floats {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

/** In pixels: the first pixel's centre is at (0.5, 0.5). */
export type Point = readonly [x: number, y: number];

/** 0..255 a channel. */
export interface Color {
  r: number;
  g: number;
  b: number;
}

export class Kernels {
  private readonly allocator: Allocator;

  private constructor(private readonly wasm: Exports) {
    this.allocator = new Allocator(wasm.memory, wasm.__heap_base.value);
  }

  /**
   * Starts the kernels out of the bytes of `kernels.wasm`, or the response that brings them.
   * @throws Error if they are not the kernels that this code was built with.
   */
  static async load(source: BufferSource | Response | Promise<Response>): Promise<Kernels> {
    const given = await source;
    const bytes = given instanceof Response ? await given.arrayBuffer() : given;
    try {
      const { instance } = await WebAssembly.instantiate(bytes);
      return new Kernels(checked(instance.exports));
    } catch (error) {
      throw new Error(`kernels.wasm cannot be started (${String(error)}): build the site anew`, { cause: error });
    }
  }

  /** Bytes of the memory that payloads hold just now. */
  get usedBytes(): number {
    return this.allocator.used;
  }

  newImage(width: number, height: number): Image {
    return new Image(this.wasm.memory, this.allocator, width, height);
  }

  newBytes(length: number): Bytes {
    return new Bytes(this.wasm.memory, this.allocator, length);
  }

  newMask(width: number, height: number): Mask {
    return new Mask(this.wasm.memory, this.allocator, width, height);
  }

  newTensor(shape: readonly number[]): Tensor {
    return new Tensor(this.wasm.memory, this.allocator, shape);
  }

  /** Three box blurs of `d` (2..203) pixels; see `boxSize` in calculators/blur.ts. */
  gaussianBlur(image: Image, d: number): Image {
    const { width, height } = image;
    return this.making(this.newImage(width, height), this.wasm.gaussian_blur_scratch(width, d), (out, scratch) => {
      this.wasm.gaussian_blur(image.address, width, height, out.address, d, scratch);
    });
  }

  /** mask * foreground + (1 - mask) * background; the sizes must agree. */
  blend(foreground: Image, background: Image, mask: Mask): Image {
    const out = this.newImage(foreground.width, foreground.height);
    this.wasm.blend(foreground.address, background.address, mask.address, out.address, out.width * out.height);
    return out;
  }

  /** A line of round ends over an image, in place; see kernels/drawing.c. Everything must be finite. */
  drawSegment(image: Image, from: Point, to: Point, reach: number, { r, g, b }: Color): void {
    const { address, width, height } = image;
    this.wasm.draw_segment(address, width, height, from[0], from[1], to[0], to[1], reach, r, g, b);
  }

  /**
   * Opaque pixels of four bytes become RGBA in place: as they are, or out of BGRA if `swaps`. False if one is not
   * opaque (its fourth byte is not 255): then the image is of no use.
   */
  opaqueToRgba(image: Image, swaps: boolean): boolean {
    return this.wasm.opaque_to_rgba(image.address, image.width * image.height, Number(swaps)) !== 0;
  }

  /** Fills an image out of planes that are large enough for it. */
  yuvToRgba({ bytes, layout, isBt709, isFullRange }: YuvPlanes, image: Image): void {
    const [y, u, v] = layout.map(({ offset, stride }) => ({ address: bytes.address + offset, stride }));
    const more = [image.width, image.height, image.address, Number(isBt709), Number(isFullRange)] as const;
    if (v) this.wasm.i420_to_rgba(y!.address, y!.stride, u!.address, v.address, u!.stride, ...more);
    else this.wasm.nv12_to_rgba(y!.address, y!.stride, u!.address, u!.stride, ...more);
  }

  /** Bilinear, pixel centres aligned. */
  resizeMask(source: Floats, width: number, height: number): Mask {
    const copy = this.newMask(source.width, source.height);
    try {
      copy.data.set(source.data);
      const bytes = this.wasm.resize_mask_scratch(width);
      return this.making(this.newMask(width, height), bytes, (out, scratch) => {
        this.wasm.resize_mask(copy.address, copy.width, copy.height, out.address, width, height, scratch);
      });
    } finally {
      copy.release();
    }
  }

  /** Float tensor [1, height, width, 3] of an image's red, green and blue. */
  imageToTensor(image: Image, at: Sampling): Tensor {
    const tensor = this.newTensor([1, at.height, at.width, 3]);
    return this.making(tensor, this.wasm.image_to_tensor_scratch(at.width), (out, scratch) => {
      this.wasm.image_to_tensor(
        ...([image.address, image.width, image.height, out.address, at.width, at.height] as const),
        ...([at.x, at.xStep, at.y, at.yStep] as const),
        ...([Number(at.replicate), at.scale, at.offset, scratch] as const),
      );
    });
  }

  /** Runs a kernel with scratch memory; gives back what it made, or releases it if there is no scratch. */
  private making<T extends Image | Mask | Tensor>(out: T, bytes: number, work: (out: T, scratch: number) => void): T {
    try {
      const scratch = this.allocator.take(bytes);
      work(out, scratch.address);
      this.allocator.give(scratch);
      return out;
    } catch (error) {
      out.release();
      throw error;
    }
  }
}

const FUNCTIONS = [
  "blend",
  "draw_segment",
  "gaussian_blur",
  "gaussian_blur_scratch",
  "i420_to_rgba",
  "image_to_tensor",
  "image_to_tensor_scratch",
  "nv12_to_rgba",
  "opaque_to_rgba",
  "resize_mask",
  "resize_mask_scratch",
] as const satisfies (keyof Exports)[];

function checked(exports: WebAssembly.Exports): Exports {
  const missing = FUNCTIONS.find((name) => typeof exports[name] !== "function");
  if (missing) throw new Error(`it has no function '${missing}'`);
  if (!(exports.memory instanceof WebAssembly.Memory)) throw new Error("it has no memory");
  if (!(exports.__heap_base instanceof WebAssembly.Global)) throw new Error("it has no heap");
  return exports as unknown as Exports;
}
