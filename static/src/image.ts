/** Payloads whose numbers lie in the kernels' memory: counted, and given back with the last reference. */

import type { Allocator, Span } from "./allocator";
import type { Shared } from "./graph/calculator";

/** A counted span of the kernels' memory, made with one reference. */
class Block implements Shared {
  private references = 1;
  private readonly span: Span;

  constructor(
    protected readonly memory: WebAssembly.Memory,
    private readonly allocator: Allocator,
    bytes: number,
  ) {
    this.span = allocator.take(bytes);
  }

  /** Where the first byte lies in the kernels' memory. */
  get address(): number {
    this.check("used");
    return this.span.address;
  }

  /** Whether one reference is all there is, so that whoever holds it may write. */
  get isExclusive(): boolean {
    return this.references === 1;
  }

  retain(): void {
    this.check("retained");
    this.references++;
  }

  release(): void {
    this.check("released");
    if (--this.references === 0) this.allocator.give(this.span);
  }

  private check(verb: string): void {
    if (this.references === 0) {
      throw new Error(`${this.constructor.name} ${verb} after its last reference was released`);
    }
  }
}

/** RGBA pixels, 0..255, row by row. */
export class Image extends Block {
  constructor(
    memory: WebAssembly.Memory,
    allocator: Allocator,
    readonly width: number,
    readonly height: number,
  ) {
    super(memory, allocator, pixels("image", width, height) * 4);
  }

  /** A view of the pixels; take it anew after anything that may allocate, for the memory may have moved. */
  get data(): Uint8ClampedArray<ArrayBuffer> {
    return new Uint8ClampedArray(this.memory.buffer, this.address, this.width * this.height * 4);
  }
}

/** One float a pixel, 0..1, row by row. */
export class Mask extends Block {
  constructor(
    memory: WebAssembly.Memory,
    allocator: Allocator,
    readonly width: number,
    readonly height: number,
  ) {
    super(memory, allocator, pixels("mask", width, height) * 4);
  }

  /** See {@link Image.data}. */
  get data(): Float32Array {
    return new Float32Array(this.memory.buffer, this.address, this.width * this.height);
  }
}

/** Bytes of any meaning, for a kernel to read. */
export class Bytes extends Block {
  constructor(
    memory: WebAssembly.Memory,
    allocator: Allocator,
    readonly length: number,
  ) {
    super(memory, allocator, length);
  }

  /** See {@link Image.data}. */
  get data(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.memory.buffer, this.address, this.length);
  }
}

/** Floats of any shape, the last dimension fastest. */
export class Tensor extends Block {
  readonly shape: number[];

  constructor(memory: WebAssembly.Memory, allocator: Allocator, shape: readonly number[]) {
    super(memory, allocator, elements(shape) * 4);
    this.shape = [...shape];
  }

  /** See {@link Image.data}. */
  get data(): Float32Array {
    return new Float32Array(this.memory.buffer, this.address, elements(this.shape));
  }
}

/** A packet of tensors: retained and released together. */
export class Tensors extends Array<Tensor> implements Shared {
  retain(): void {
    for (const tensor of this) tensor.retain();
  }

  release(): void {
    for (const tensor of this) tensor.release();
  }
}

function pixels(what: string, width: number, height: number): number {
  if (!isSize(width) || !isSize(height)) {
    throw new Error(`the ${what}'s size ${width}x${height} is not of whole, positive numbers`);
  }
  return width * height;
}

function elements(shape: readonly number[]): number {
  if (!shape.every(isSize)) throw new Error(`the tensor's shape [${shape.join(", ")}] is not of whole, positive numbers`);
  return shape.reduce((product, size) => product * size, 1);
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
