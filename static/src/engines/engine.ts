/** The seam behind which inference engines sit: adding a backend is one file that fulfils this. */

import type { BackendName } from "../protocol";

export type TensorArray = Float32Array | Int32Array | Uint8Array;

/** A tensor as calculators hand it around: `data` by rows, its length the product of `shape`. */
export interface TensorValue {
  readonly shape: readonly number[];
  readonly data: TensorArray;
}

/** A model, ready to run. */
export interface CompiledModel {
  /** Runs on one tensor for each input; gives one for each output, in the model's order. */
  run(inputs: readonly TensorValue[]): Promise<TensorValue[]>;
  close(): void;
}

export interface Engine {
  readonly backend: BackendName;
  /** Why it runs as it does, in one line: "2 threads", or what keeps it to one. */
  readonly reason: string;
  /** Throws an Error whose message says what is wrong with the model. */
  compile(model: Uint8Array, name: string): Promise<CompiledModel>;
}
