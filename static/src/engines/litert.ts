/** LiteRT.js on XNNPACK-Wasm: threads where the page is cross-origin isolated, one thread elsewhere. */

import type { CompiledModel as LiteRtModel, TensorDetails, TypedArray } from "@litertjs/core";
import { getGlobalLiteRt, loadAndCompile, loadLiteRt, supportsFeature, Tensor } from "@litertjs/core";

import type { CompiledModel, Engine, TensorArray, TensorValue } from "./engine";

/** XNNPACK gains little beyond this on the models that run in pages, and the page needs cores too. */
const MOST_THREADS = 4;

/** What LiteRT.js looks for in the global scope of a classic worker; a module worker must lend it. */
interface LiteRtGlobals {
  ModuleFactory?: unknown;
  Module?: object | undefined;
  importScripts?: () => void;
}

interface Variant {
  file: string;
  threads: number;
  reason: string;
}

/** Starts the engine from the files in the folder `base` (an absolute address ending in "/"). */
export async function createLiteRtEngine(base: string): Promise<Engine> {
  const variant = await chooseVariant();
  await start(base, variant);
  return {
    backend: "litert-wasm",
    reason: variant.reason,
    compile: async (model, name) => new LiteRtCompiledModel(await compile(model, name, variant.threads), name),
  };
}

async function chooseVariant(): Promise<Variant> {
  if (!(await supportsFeature("relaxedSimd"))) {
    return { file: "litert_wasm_compat_internal", threads: 1, reason: "1 thread: this browser has no relaxed SIMD" };
  }
  const one = { file: "litert_wasm_internal", threads: 1 };
  if (!crossOriginIsolated) {
    return { ...one, reason: "1 thread: the host does not send the headers COOP and COEP" };
  }
  const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
  if (threads < 2) return { ...one, reason: "1 thread: the device has one core" };
  return { file: "litert_wasm_threaded_internal", threads, reason: `${threads} threads` };
}

/**
 * LiteRT.js starts by `importScripts`, which a module worker refuses; the script's factory is imported as a
 * module instead. What is lent is taken back, since Pyodide reads `importScripts` as a classic worker.
 */
async function start(base: string, variant: Variant): Promise<void> {
  const scope = globalThis as unknown as LiteRtGlobals;
  const module = (await import(/* @vite-ignore */ `${base}${variant.file}.mjs`)) as { default: unknown };
  scope.ModuleFactory = module.default;
  scope.Module = {
    locateFile: (file: string) => base + file,
    mainScriptUrlOrBlob: `${base}${variant.file}.js`,
    printErr: remember,
  };
  lend(scope, "importScripts", () => undefined);
  // Else it asks for a GPU device, which XNNPACK never uses; that it gets none, it need not tell.
  lend(navigator, "gpu", undefined);
  const { warn } = console;
  console.warn = console.debug;
  try {
    await loadLiteRt(base, { threads: variant.threads > 1 });
  } finally {
    delete scope.importScripts;
    Reflect.deleteProperty(navigator, "gpu");
    console.warn = warn;
  }
}

/** Shadows an inherited property until it is deleted again. */
function lend(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

/** What LiteRT has last complained of, for the message of the error that follows. */
let complaint = "";

function remember(line: string): void {
  if (line.startsWith("ERROR")) complaint = line.replace(/^ERROR: (\[.*?\] )?/, "");
  console.debug(line);
}

async function compile(model: Uint8Array, name: string, numThreads: number): Promise<LiteRtModel> {
  complaint = "";
  try {
    return await loadAndCompile(model, { accelerator: "wasm", cpuOptions: { numThreads } });
  } catch (error) {
    const reason = complaint || (error instanceof Error ? error.message : String(error));
    throw new Error(`LiteRT cannot run the model '${name}': ${reason}`, { cause: error });
  }
}

class LiteRtCompiledModel implements CompiledModel {
  private readonly inputs: readonly TensorDetails[];
  private readonly outputs: readonly TensorDetails[];
  private readonly tensors: Tensor[];

  constructor(
    private readonly model: LiteRtModel,
    private readonly name: string,
  ) {
    this.inputs = model.getInputDetails();
    this.outputs = model.getOutputDetails();
    // Made once and written over for each run: a tensor survives its run.
    this.tensors = this.inputs.map((input) => new Tensor(zeros(input), input.shape));
  }

  async run(inputs: readonly TensorValue[]): Promise<TensorValue[]> {
    if (inputs.length !== this.inputs.length) {
      throw new Error(`the model '${this.name}' takes ${this.inputs.length} tensors, but was given ${inputs.length}`);
    }
    inputs.forEach((input, index) => {
      this.check(input, this.inputs[index]!);
      write(this.tensors[index]!, input.data);
    });
    return (await this.model.run(this.tensors)).map((tensor, index) => this.take(tensor, index));
  }

  close(): void {
    for (const tensor of this.tensors) tensor.delete();
    this.model.delete();
  }

  private take(tensor: Tensor, index: number): TensorValue {
    const data = tensor.toTypedArray();
    tensor.delete();
    return { shape: [...this.outputs[index]!.shape], data };
  }

  private check(given: TensorValue, wanted: TensorDetails): void {
    const shape = [...wanted.shape];
    if (given.shape.join() === shape.join() && dtypeOf(given.data) === wanted.dtype) return;
    throw new Error(
      `the model '${this.name}' takes ${wanted.dtype} (${shape.join(", ")}) as '${wanted.name}', ` +
        `but was given ${dtypeOf(given.data)} (${given.shape.join(", ")})`,
    );
  }
}

function zeros(details: TensorDetails): TypedArray {
  const length = details.shape.reduce((product, size) => product * size, 1);
  if (details.dtype === "float32") return new Float32Array(length);
  return details.dtype === "int32" ? new Int32Array(length) : new Uint8Array(length);
}

function dtypeOf(data: TensorArray): string {
  if (data instanceof Float32Array) return "float32";
  return data instanceof Int32Array ? "int32" : "uint8";
}

/** Copies data into the tensor's own place in LiteRT's Wasm memory. */
function write(tensor: Tensor, data: TensorArray): void {
  const wasm = getGlobalLiteRt().liteRtWasm;
  const buffer = tensor.liteRtTensorBuffer;
  const address = buffer.lock(wasm.LiteRtTensorBufferLockMode.WRITE);
  try {
    wasm.HEAPU8.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), address);
  } finally {
    buffer.unlock();
  }
}
