/** LiteRT.js: what its backends have in common. One instance a worker. */

import type { Accelerator, CompiledModel as LiteRtModel, TensorDetails } from "@litertjs/core";
import { getGlobalLiteRt, loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

import { Deferred } from "../deferred";
import { compileWasm, wasmOf, type Build } from "../engine_build";
import { witnessed } from "../loading";
import { classicWorkerAddress } from "../module_worker";
import { SlowLine } from "../slow_line";
import type { CompiledModel, ModelFiles, TensorArray, TensorValue } from "./engine";
import { arrayOf, checkInputs, messageOf, RefusedModel, sizeOf } from "./engine";
import { line } from "./line";
import { ThreadsAhead } from "./threads_ahead";

/** What LiteRT.js looks for in the global scope of a classic worker; a module worker must lend it. */
interface LiteRtGlobals {
  ModuleFactory?: unknown;
  Module?: object | undefined;
}

interface FetchedBuild {
  script: Promise<unknown>;
  wasm: Promise<WebAssembly.Module>;
  threads: ThreadsAhead | null;
}

/** Builds that are on their way, by their address. */
const fetched = new Map<string, FetchedBuild>();

/** Wasm that the page compiles, by its address; null where it could not. */
const expected = new Map<string, Deferred<WebAssembly.Module | null>>();

/** The page compiles a build's Wasm, and will {@link giveWasm | give} it. */
export function expectWasm(address: string): void {
  expected.set(address, new Deferred());
}

/** Null: the page could not; then this worker fetches it itself, and says why. */
export function giveWasm(address: string, module: WebAssembly.Module | null): void {
  expected.get(address)?.resolve(module);
}

/** Begins to fetch a build's script and its Wasm, side by side; what did not come is fetched again the next time. */
export function fetchBuild(base: string, build: Build): FetchedBuild {
  const address = `${base}litert/${build.file}`;
  const script = new URL(`${address}.mjs`);
  const cores = navigator.hardwareConcurrency;
  const begun = fetched.get(address) ?? {
    script: (import(/* @vite-ignore */ script.href) as Promise<{ default: unknown }>).then((module) => module.default),
    wasm: wasmAt(wasmOf(base, build)),
    threads: build.threads > 1 ? new ThreadsAhead(threadScript(address), script, cores) : null,
  };
  fetched.set(address, begun);
  for (const part of [begun.script, begun.wasm]) part.catch(() => fetched.delete(address));
  return begun;
}

function threadScript(address: string): string {
  return classicWorkerAddress(new URL(`${address}.js`));
}

/** Proved beside its compiling. Where it comes slowly, it makes way for what is smaller. */
async function wasmAt(address: string): Promise<WebAssembly.Module> {
  const given = await expected.get(address)?.promise;
  expected.delete(address);
  if (given) return given;
  const take = (bytes: ArrayBuffer): void => { witnessed(address, new Response(bytes)); };
  if (!line.isSlow) {
    try {
      return await compileWasm(address, take, line.large);
    } catch (error) {
      if (!(error instanceof SlowLine)) throw error;
      line.findSlow();
    }
  }
  await line.free.promise;
  return compileWasm(address, take);
}

/**
 * LiteRT.js starts by `importScripts`, which a module worker refuses; the script's factory is imported as a
 * module instead. What is lent is taken back.
 *
 * @param base the folder of the backends' files.
 * @param gpu what `navigator.gpu` shall be meanwhile: LiteRT.js asks it for a device of its own, which it keeps.
 */
export async function start(base: string, build: Build, gpu: unknown): Promise<void> {
  const scope = globalThis as unknown as LiteRtGlobals;
  const folder = `${base}litert/`;
  const { script, wasm, threads } = fetchBuild(base, build);
  scope.ModuleFactory = await script;
  scope.Module = {
    locateFile: (file: string) => folder + file,
    mainScriptUrlOrBlob: threadScript(folder + build.file),
    printErr: remember,
    instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void) => {
      // Where it does not come, `start` fails with it.
      wasm.then(async (module) => { receive(await WebAssembly.instantiate(module, imports), module); }).catch(() => undefined);
    },
  };
  const lent = [lend(scope, "importScripts", importNothing), lend(navigator, "gpu", gpu), ...forbidSleep()];
  if (threads !== null) lent.push(lend(globalThis, "Worker", threads.constructorToLend));
  const { warn } = console;
  console.warn = console.debug;
  try {
    // Without its Wasm, or its threads, it would wait for ever.
    const begun = Promise.all([loadLiteRt(folder, { threads: build.threads > 1 }), wasm]);
    await (threads === null ? begun : Promise.race([begun, threads.failed]));
  } finally {
    for (const takeBack of lent) takeBack();
    console.warn = warn;
  }
}

/** Pyodide may start meanwhile: it has a `data:` script imported to tell a classic worker, where it refuses to run. */
export function importNothing(address: string): void {
  if (address.startsWith("data:")) throw new TypeError("Module scripts don't support importScripts().");
}

/**
 * Has Emscripten's start take this worker for a page, whose thread may not block: it then spins while XNNPACK's other
 * threads finish their share of an operation, a few microseconds, instead of sleeping, from which it wakes too late.
 */
function forbidSleep(): (() => void)[] {
  const refuse = (): never => {
    throw new TypeError("Atomics.wait cannot be called in this context");
  };
  return [lend(globalThis, "window", {}), lend(Atomics, "wait", refuse)];
}

/** Gives a property another value; the function that it gives takes that back. */
function lend(target: object, name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  return () => {
    if (own) Object.defineProperty(target, name, own);
    else Reflect.deleteProperty(target, name);
  };
}

/** What LiteRT has first complained of, which is the cause of what follows; "" while it is content. */
let complaint = "";

/** Whether the operations follow, a line each, that an accelerator does not know. */
let isListing = false;

function remember(line: string): void {
  const operation = isListing && OPERATION.exec(line)?.[1];
  if (operation) complaint += complaint.endsWith(":") ? ` ${operation}` : `, ${operation}`;
  isListing = Boolean(operation) || (complaint === "" && line.startsWith("ERROR") && line.endsWith(":"));
  if (line.startsWith("ERROR")) complaint ||= line.replace(/^ERROR: (\[.*?\] )?|\.$/g, "") + hintOf(line);
  console.debug(line);
}

/** "ZEROS_LIKE: Operation is not supported." */
const OPERATION = /^(?!INFO|WARNING|ERROR)([A-Z][A-Z0-9_]*): /;

/** Where an operation is the cause, LiteRT complains of that first. */
function hintOf(line: string): string {
  return line.endsWith("Failed to allocate tensors") ? ": as a rule, they need more memory than Wasm has" : "";
}

/** Throws a RefusedModel that says what the model has that LiteRT, or its accelerator, does not know. */
export async function compile(
  [model]: ModelFiles,
  name: string,
  accelerator: Accelerator,
  threads: number,
): Promise<CompiledModel> {
  complaint = "";
  const { warn } = console;
  console.warn = console.debug;
  try {
    // Left to itself, a GPU that knows float16 computes in it.
    const options = { cpuOptions: { numThreads: threads }, gpuOptions: { precision: "fp32" } } as const;
    const compiled = await loadAndCompile(model!, { accelerator, ...options });
    if (accelerator !== "wasm") requireAccelerated(compiled, accelerator);
    return new LiteRtCompiledModel(compiled, name);
  } catch (error) {
    throw new RefusedModel(refusal(name, complaint || messageOf(error)), { cause: error });
  } finally {
    console.warn = warn;
  }
}

function refusal(name: string, why: string): string {
  return `LiteRT cannot run the model '${name}': ${why}`;
}

/** LiteRT.js hands operations that its accelerator lacks to the CPU unasked, and the choice would be a guess. */
function requireAccelerated(compiled: LiteRtModel, accelerator: Accelerator): void {
  if (compiled.options.accelerator === accelerator && compiled.isFullyAccelerated) return;
  compiled.delete();
  complaint ||= `its ${accelerator} does not run all operations of it`;
  throw new Error(complaint);
}

class LiteRtCompiledModel implements CompiledModel {
  private readonly inputs: readonly TensorDetails[];
  private readonly outputs: readonly TensorDetails[];
  private readonly tensors: Tensor[];
  /** The run before: the input tensors are one set, so runs follow each other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly model: LiteRtModel,
    private readonly name: string,
  ) {
    this.inputs = model.getInputDetails();
    this.outputs = model.getOutputDetails();
    // Made once and written over for each run: a tensor survives its run.
    this.tensors = this.inputs.map(({ dtype, shape }) => new Tensor(arrayOf(dtype, sizeOf([...shape])), shape));
  }

  async run(inputs: readonly TensorValue[]): Promise<TensorValue[]> {
    checkInputs(this.name, inputs, this.inputs);
    const before = this.last;
    const done = new Deferred<void>();
    this.last = done.promise;
    await before;
    try {
      inputs.forEach(({ data }, index) => { write(this.tensors[index]!, data); });
      complaint = "";
      const outputs = await this.model.run(this.tensors);
      this.requireContent(outputs);
      return await Promise.all(outputs.map((tensor, index) => this.take(tensor, index)));
    } finally {
      done.resolve();
    }
  }

  close(): void {
    for (const tensor of this.tensors) tensor.delete();
    this.model.delete();
  }

  /** LiteRT prepares operations and memory in the run; where it cannot, it says so and hands out what was there. */
  private requireContent(outputs: readonly Tensor[]): void {
    if (complaint === "") return;
    for (const tensor of outputs) tensor.delete();
    throw new RefusedModel(refusal(this.name, complaint));
  }

  private async take(tensor: Tensor, index: number): Promise<TensorValue> {
    // moveTo deletes the tensor on the GPU.
    const here = tensor.accelerator === "wasm" ? tensor : await tensor.moveTo("wasm");
    const data = here.toTypedArray();
    here.delete();
    return { shape: [...this.outputs[index]!.shape], data };
  }
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
