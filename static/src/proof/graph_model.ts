/** Loads and runs a TF.js graph model for the converter's proof, whichever the backend and wherever its files are. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import type { io, Tensor } from "@tensorflow/tfjs-core";
import { dispose, ready, setBackend, tensor } from "@tensorflow/tfjs-core";

/** What the bytes of a tensor are. */
export interface Port {
  readonly name: string;
  readonly dtype: "float32" | "int32" | "bool";
  readonly shape: readonly number[];
}

export interface Outcome {
  readonly outputs: readonly Port[];
  /** The outputs' bytes, one after the other. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How long the run took, until all outputs were there. */
  readonly milliseconds: number;
}

interface Signature {
  outputs: Record<string, unknown>;
}

/** Throws an Error that says why the backend or the model does not start. */
export async function start(backend: string, json: string, shards: readonly ArrayBuffer[]): Promise<GraphModel> {
  if (!(await setBackend(backend))) throw new Error(`the backend '${backend}' does not start here`);
  await ready();
  const { modelTopology, weightsManifest, signature } = JSON.parse(json) as io.ModelJSON;
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const artifacts = { modelTopology, weightSpecs, weightData: [...shards], signature } as io.ModelArtifacts;
  return loadGraphModel({ load: () => Promise.resolve(artifacts) });
}

/** The shards' names, in order. */
export function shardNames(json: string): string[] {
  return (JSON.parse(json) as io.ModelJSON).weightsManifest.flatMap((group) => group.paths);
}

/** Runs the model once; its inputs' bytes lie one after the other. */
export async function run(model: GraphModel, inputs: readonly Port[], bytes: ArrayBuffer): Promise<Outcome> {
  const given = tensors(inputs, bytes);
  const names = Object.keys((model.modelSignature as Signature).outputs);
  const before = performance.now();
  const made = [model.execute(given, names)].flat();
  try {
    const data = await Promise.all(made.map((one) => one.data()));
    const milliseconds = performance.now() - before;
    const outputs = made.map(({ dtype, shape }, index) => port(names[index]!, dtype, shape));
    // Some kernels give numbers in an array of another type than their tensor says.
    const typed = data.map((one, index) => ARRAYS[outputs[index]!.dtype].from(one as ArrayLike<number>));
    return { outputs, bytes: joined(typed), milliseconds };
  } finally {
    dispose(Object.values(given));
    dispose(made);
  }
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

function tensors(inputs: readonly Port[], bytes: ArrayBuffer): Record<string, Tensor> {
  const given: Record<string, Tensor> = {};
  let offset = 0;
  for (const { name, dtype, shape } of inputs) {
    const size = shape.reduce((product, one) => product * one, ARRAYS[dtype].BYTES_PER_ELEMENT);
    given[name] = tensor(new ARRAYS[dtype](bytes.slice(offset, offset + size)), [...shape], dtype);
    offset += size;
  }
  return given;
}

function port(name: string, dtype: string, shape: readonly number[]): Port {
  if (dtype in ARRAYS) return { name, dtype: dtype as Port["dtype"], shape };
  throw new Error(`the output '${name}' is of the type ${dtype}`);
}

function joined(parts: readonly ArrayBufferView[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(new Uint8Array(part.buffer, part.byteOffset, part.byteLength), offset);
    offset += part.byteLength;
  }
  return all;
}
