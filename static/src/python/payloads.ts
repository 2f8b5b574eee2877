/** Payloads on their way between the graph and Python; `pyweb_ml/page.py` is the other half. */

import type { TensorArray, TensorValue } from "../engines/engine";
import type { CalculatorContext } from "../graph/calculator";
import { Image, Mask } from "../image";
import type { Kernels } from "../kernels";

/** An array as Python copies it into numpy. */
interface ArrayForPython {
  shape: readonly number[];
  dtype: string;
  data: TensorArray | Uint8ClampedArray<ArrayBuffer>;
}

/** A numpy array, lent by Python for the length of a call. */
interface NumpyArray {
  getBuffer(): { data: TensorArray; release(): void };
}

/** What a Python calculator is given for a payload; undefined (None) where there is no packet. */
export function toPython(value: unknown): unknown {
  if (value === undefined) return undefined;
  if (value instanceof Image) return { shape: [value.height, value.width, 4], dtype: "uint8", data: value.data };
  if (value instanceof Mask) return { shape: [value.height, value.width], dtype: "float32", data: value.data };
  if (isTensor(value)) return tensorToPython(value);
  const items = isIterable(value) ? [...value] : [];
  return items.length && items.every(isTensor) ? items.map(tensorToPython) : JSON.stringify(value);
}

function tensorToPython({ shape, data }: TensorValue): ArrayForPython {
  const dtype = data instanceof Float32Array ? "float32" : data instanceof Int32Array ? "int32" : "uint8";
  return { shape, dtype, data };
}

function isTensor(value: unknown): value is TensorValue {
  return typeof value === "object" && value !== null && "shape" in value && "data" in value;
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.iterator in value;
}

/** Takes what a Python calculator returns and emits it; `index` is the output's position. */
export class PythonSink {
  private tensors: TensorValue[] = [];

  constructor(
    private readonly kernels: Kernels,
    private readonly context: CalculatorContext,
  ) {}

  image(index: number, width: number, height: number, array: NumpyArray): void {
    this.emitPixels(index, this.kernels.newImage(width, height), array);
  }

  mask(index: number, width: number, height: number, array: NumpyArray): void {
    this.emitPixels(index, this.kernels.newMask(width, height), array);
  }

  tensor(index: number, shape: string, array: NumpyArray): void {
    this.context.emit(tagOf(index), copyTensor(shape, array));
  }

  /** One of a list of tensors, which `endTensors` emits. */
  addTensor(shape: string, array: NumpyArray): void {
    this.tensors.push(copyTensor(shape, array));
  }

  endTensors(index: number): void {
    this.context.emit(tagOf(index), this.tensors);
    this.tensors = [];
  }

  json(index: number, text: string): void {
    this.context.emit(tagOf(index), JSON.parse(text));
  }

  private emitPixels(index: number, target: Image | Mask, array: NumpyArray): void {
    const buffer = array.getBuffer();
    target.data.set(buffer.data);
    buffer.release();
    this.context.emit(tagOf(index), target);
  }
}

function copyTensor(shape: string, array: NumpyArray): TensorValue {
  const buffer = array.getBuffer();
  const data = buffer.data.slice();
  buffer.release();
  return { shape: JSON.parse(shape) as number[], data };
}

/** Untagged outputs go by position; the first is "". */
function tagOf(index: number): string {
  return index ? String(index) : "";
}
