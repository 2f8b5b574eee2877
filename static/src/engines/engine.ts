/** The seam behind which inference engines sit: adding a backend is one file that exports a {@link Backend}. */

import type { BackendName, DType } from "../protocol";

export type TensorArray = Float32Array | Int32Array | Uint8Array;

/** A tensor as calculators hand it around: `data` by rows, its length the product of `shape`. */
export interface TensorValue {
  readonly shape: readonly number[];
  readonly data: TensorArray;
}

/** A model, ready to run. */
export interface CompiledModel {
  /**
   * Runs on one tensor for each input; gives one for each output, in the model's order.
   *
   * Rejects with an {@link InputError} if the tensors do not fit, with any other Error if the engine has failed.
   */
  run(inputs: readonly TensorValue[]): Promise<TensorValue[]>;
  close(): void;
}

/** A model's files: one `.tflite`, or a TF.js graph model's model.json and its weights, in the manifest's order. */
export type ModelFiles = readonly Uint8Array<ArrayBuffer>[];

/** A backend that has been started. */
export interface Engine {
  /** How it runs, in one line, as in "fp32"; "" where there is nothing to say. */
  readonly reason: string;
  /** Resolves, with what happened in one line, when the engine is of no more use: its context or device is lost. */
  readonly lost: Promise<string>;
  /**
   * `threads`: one of its backend's. Throws a {@link RefusedModel} whose message says what it does not know.
   */
  compile(files: ModelFiles, name: string, threads: number): Promise<CompiledModel>;
  close(): void;
}

/** What a backend's file exports under the name `backend`. */
export interface Backend {
  readonly name: BackendName;
  /** Which of a model's forms it takes. */
  readonly format: "tflite" | "tfjs";
  /** Why this device or browser has it not, as a sentence without a full stop; null if it may be tried. */
  unavailable(): Promise<string | null>;
  /** The counts of CPU threads that a model can be compiled for, the usual one first; left out: there is no choice. */
  threads?(): Promise<readonly number[]>;
  /** Starts it from the files of the site at `base` (an absolute address ending in "/"). */
  create(base: string): Promise<Engine>;
}

/** The tensors that a model was given are not those that it takes: the graph's mistake, not the engine's. */
export class InputError extends Error {
  override name = "InputError";
}

/** The engine does not know the model's format, or an operation of it. */
export class RefusedModel extends Error {
  override name = "RefusedModel";
}

export function dtypeOf(data: TensorArray): DType {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "uint8";
}

/** A tensor's data of a dtype, all zero, or the numbers given. */
export function arrayOf(
  dtype: DType,
  values: number | ArrayLike<number>,
): Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer> {
  const type = { float32: Float32Array, int32: Int32Array, uint8: Uint8Array }[dtype];
  return typeof values === "number" ? new type(values) : type.from(values);
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

interface Taken {
  readonly name: string;
  readonly shape: ArrayLike<number>;
  readonly dtype: string;
}

/** Throws an {@link InputError} that names the first tensor that the model does not take. */
export function checkInputs(model: string, given: readonly TensorValue[], wanted: readonly Taken[]): void {
  if (given.length !== wanted.length) {
    throw new InputError(`the model '${model}' takes ${wanted.length} tensors, but was given ${given.length}`);
  }
  for (const [index, { shape, data }] of given.entries()) {
    const one = wanted[index]!;
    const takes = Array.from(one.shape).join(", ");
    if (shape.join(", ") === takes && dtypeOf(data) === one.dtype) continue;
    throw new InputError(
      `the model '${model}' takes ${one.dtype} (${takes}) as '${one.name}', ` +
        `but was given ${dtypeOf(data)} (${shape.join(", ")})`,
    );
  }
}

/** What was thrown, in words: an Error's message, or the thing itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
