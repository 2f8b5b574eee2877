/** Payloads on their way between the graph and Python, as JSON and arrays; `pyweb_ml/page.py` is the other half. */

import type { TensorArray, TensorValue } from "../engines/engine";
import { arrayOf, dtypeOf, sizeOf } from "../engines/engine";
import type { Image, Mask } from "../image";
import type { Kernels } from "../kernels";
import type { Detection, DType } from "../protocol";

/** Where Python's arrays are. */
export interface PythonMemory {
  /** The memory as it is now: it moves when it grows. */
  readonly buffer: () => ArrayBufferLike;
  /** The address of an array for an input, to be filled; `place` counts the arrays of a call. */
  readonly room: (place: number, dtype: DType, ...shape: number[]) => number;
}

/** The stream types of a calculator's inputs, in the order of their tags, and of its outputs. */
export type PortTypes = [inputs: string[], outputs: string[]];

/** An array as Python tells of it: it stays there until the next call. */
type Sent = [address: number, dtype: DType, shape: number[]];
type Row = [label: string, score: number, xmin: number, ymin: number, width: number, height: number, ...keypoints: number[]];
type Pixels = Uint8ClampedArray | Uint8Array;

/** The payloads of a node's calls. */
export class Payloads {
  /** How many arrays this call has been given. */
  private count = 0;

  constructor(
    private readonly memory: PythonMemory,
    private readonly kernels: Kernels,
    private readonly types: PortTypes,
  ) {}

  /** What the inputs hold, undefined where there is no packet, as Python's `process` takes it. */
  toPython(values: readonly unknown[]): string {
    this.count = 0;
    return JSON.stringify(values.map((value, index) => (value === undefined ? null : this.encode(this.types[0][index]!, value))));
  }

  /** Emits what Python's `process` has returned, by the output's position. */
  fromPython(reply: string, emit: (index: number, payload: unknown) => void): void {
    const given = JSON.parse(reply) as unknown[];
    for (const [index, value] of given.entries()) if (value !== null) emit(index, this.decode(this.types[1][index]!, value));
  }

  private encode(type: string, value: unknown): unknown {
    if (type === "Image") return this.copyPixels(value as Image, 4);
    if (type === "Mask") return this.copyPixels(value as Mask);
    if (type === "Tensor" || type === "Audio") return this.copyTensor(value as TensorValue);
    if (type === "Tensors") return Array.from(value as Iterable<TensorValue>, (one) => this.copyTensor(one));
    return type === "Detections" ? (value as Detection[]).map(toRow) : value;
  }

  private decode(type: string, value: unknown): unknown {
    if (type === "Image" || type === "Mask") return this.pixels(type, value as Sent);
    if (type === "Tensor" || type === "Audio") return this.tensor(value as Sent);
    if (type === "Tensors") return (value as Sent[]).map((one) => this.tensor(one));
    return type === "Detections" ? (value as (Row | Detection)[]).map(toDetection) : value;
  }

  private copyPixels({ width, height, data }: Image | Mask, ...channels: number[]): number {
    return this.copy(data, data instanceof Float32Array ? "float32" : "uint8", [height, width, ...channels]);
  }

  private copyTensor({ shape, data }: TensorValue): number {
    return this.copy(data, dtypeOf(data), shape);
  }

  /** Copies an array to Python; gives its place there. */
  private copy(data: TensorArray | Pixels, dtype: DType, shape: readonly number[]): number {
    const place = this.count++;
    const address = this.memory.room(place, dtype, ...shape);
    // Only now: making room may have moved the memory.
    bytesAt(this.memory.buffer(), address, data.byteLength).set(bytesOf(data));
    return place;
  }

  private pixels(type: "Image" | "Mask", [address, , [height, width]]: Sent): Image | Mask {
    const made = type === "Image" ? this.kernels.newImage(width!, height!) : this.kernels.newMask(width!, height!);
    const bytes = bytesOf(made.data);
    bytes.set(bytesAt(this.memory.buffer(), address, bytes.length));
    return made;
  }

  private tensor([address, dtype, shape]: Sent): TensorValue {
    const data = arrayOf(dtype, sizeOf(shape));
    bytesOf(data).set(bytesAt(this.memory.buffer(), address, data.byteLength));
    return { shape, data };
  }
}

/** Bytes, since an array of Python's may lie at any address. */
function bytesAt(memory: ArrayBufferLike, address: number, length: number): Uint8Array {
  return new Uint8Array(memory, address, length);
}

function bytesOf({ buffer, byteOffset, byteLength }: TensorArray | Pixels): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** In a row there are no names, which Python would read once more for each detection. */
function toRow({ label, score, box, keypoints }: Detection): Row {
  const row: Row = [label, score, box.xmin, box.ymin, box.width, box.height];
  for (const { x, y } of keypoints) row.push(x, y);
  return row;
}

/** Python sends a detection with more to it than its class has as it is. */
function toDetection(row: Row | Detection): Detection {
  if (!Array.isArray(row)) return row;
  const [label, score, xmin, ymin, width, height, ...rest] = row;
  const keypoints: Detection["keypoints"] = [];
  for (let at = 0; at < rest.length; at += 2) keypoints.push({ x: rest[at]!, y: rest[at + 1]! });
  return { label, score, box: { xmin, ymin, width, height }, keypoints };
}
