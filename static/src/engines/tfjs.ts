/** TF.js: what its backends have in common. One backend a worker. */

import type { GraphModel } from "@tensorflow/tfjs-converter";
import { loadGraphModel } from "@tensorflow/tfjs-converter";
import type { io, Tensor } from "@tensorflow/tfjs-core";
import { dispose, ready, setBackend, tensor, tidy } from "@tensorflow/tfjs-core";

import type { CompiledModel, Engine, ModelFiles, TensorArray, TensorValue } from "./engine";
import { checkInputs, messageOf, RefusedModel } from "./engine";

/** What can become of a GPU; asked for once its backend is set. */
export interface Gpu {
  /** Resolves, with what happened in one line, when it is lost. */
  readonly lost: Promise<string>;
  /** Whether what was read just now may be of a lost GPU. */
  isLost(): boolean;
}

const CPU: Gpu = { lost: new Promise(() => undefined), isLost: () => false };

/** Starts a backend of TF.js's, which its file has registered under `name`. */
export async function createTfjs(name: string, reason: string, gpu = (): Gpu => CPU): Promise<Engine> {
  if (!(await setBackend(name))) throw new Error(`TF.js cannot start its backend '${name}' here`);
  await ready();
  const used = gpu();
  return {
    reason,
    lost: used.lost,
    compile: (files, model) => compile(files, model, used),
    close: () => undefined,
  };
}

/** Throws a RefusedModel that names the operation which TF.js does not know. */
async function compile(files: ModelFiles, name: string, gpu: Gpu): Promise<CompiledModel> {
  try {
    return new TfjsCompiledModel(await loadGraphModel(fromMemory(files)), name, gpu);
  } catch (error) {
    throw refusal(name, messageOf(error), error);
  }
}

function refusal(name: string, why: string, cause: unknown): RefusedModel {
  return new RefusedModel(`TF.js cannot run the model '${name}': ${why}`, { cause });
}

function fromMemory([json, ...shards]: ModelFiles): io.IOHandler {
  const model = JSON.parse(new TextDecoder().decode(json)) as io.ModelJSON;
  const { modelTopology, weightsManifest, signature, userDefinedMetadata } = model;
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const weightData = shards.map((shard) => shard.buffer);
  const artifacts = { modelTopology, weightSpecs, weightData, signature, userDefinedMetadata } as io.ModelArtifacts;
  return { load: () => Promise.resolve(artifacts) };
}

interface Port {
  name: string;
  shape: number[];
  dtype: string;
}

class TfjsCompiledModel implements CompiledModel {
  private readonly inputs: readonly Port[];
  private readonly outputs: readonly string[];

  constructor(
    private readonly model: GraphModel,
    private readonly name: string,
    private readonly gpu: Gpu,
  ) {
    this.inputs = model.inputs.map((one) => ({ name: one.name, shape: one.shape ?? [], dtype: one.dtype }));
    this.outputs = model.outputs.map((one) => one.name);
    if (this.inputs.some(({ shape, dtype }) => shape.some((size) => size < 1) || !DTYPES.includes(dtype))) {
      throw new Error("its inputs must be float32 or int32, of fixed shape");
    }
  }

  async run(inputs: readonly TensorValue[]): Promise<TensorValue[]> {
    checkInputs(this.name, inputs, this.inputs);
    const outputs = tidy(() => this.execute(inputs));
    try {
      const values = await Promise.all(outputs.map(read));
      if (this.gpu.isLost()) throw new Error(await this.gpu.lost);
      return values;
    } finally {
      dispose(outputs);
    }
  }

  private execute(inputs: readonly TensorValue[]): Tensor[] {
    const given = inputs.map(({ shape, data }, index) => [
      this.inputs[index]!.name,
      tensor(data as Float32Array | Int32Array, [...shape], this.inputs[index]!.dtype as "float32" | "int32"),
    ]);
    try {
      const outputs = this.model.execute(Object.fromEntries(given) as Record<string, Tensor>, [...this.outputs]);
      return Array.isArray(outputs) ? outputs : [outputs];
    } catch (error) {
      const unknown = UNKNOWN_OPERATION.exec(messageOf(error));
      throw unknown ? refusal(this.name, `it does not know the operation '${unknown[1]!}'`, error) : error;
    }
  }

  close(): void {
    this.model.dispose();
  }
}

/** How TF.js 4.22 says so, in the run: it does not look at operations when it loads a model. */
const UNKNOWN_OPERATION = /^Unknown op '(.*?)'/;

const DTYPES = ["float32", "int32"];

async function read(output: Tensor): Promise<TensorValue> {
  const data: TensorArray = await output.data();
  return { shape: [...output.shape], data };
}
