/** The worker: loads a site, then answers the page's frames one after the other; see protocol.ts. */

import type { CompiledModel, Engine } from "./engines/engine";
import { createLiteRtEngine } from "./engines/litert";
import { ConfigError } from "./graph/config";
import { CalculatorError } from "./graph/node";
import { Kernels } from "./kernels";
import { fetchAsset, fetchFile, LoadError } from "./loading";
import { Pipeline } from "./pipeline";
import { beginProfile } from "./profiling";
import type { Asset, BackendName, ErrorName, Failure, Frame, FromWorker, Init, Stage, ToWorker } from "./protocol";
import { PythonHost } from "./python/host";
import type { Site } from "./site";
import { loadSite } from "./site";
import { transferables } from "./values";

/** Python starts after the first result, or, where nobody asks for one, after this many milliseconds. */
const PYTHON_WAITS = 500;

/** What the attribute `backend` may say. */
const BACKENDS = ["auto", "litert-wasm"];

let pipeline: Promise<Pipeline> | undefined;
let beginPython: () => void = () => undefined;
let queue: Promise<void> = Promise.resolve();
let endProfile: Promise<() => void> = Promise.resolve(() => undefined);

function post(message: FromWorker, transfer: Transferable[] = []): void {
  (self as unknown as { postMessage(message: FromWorker, transfer: Transferable[]): void }).postMessage(message, transfer);
}

function report(stage: Stage, detail: string, loaded: number, total: number): void {
  post({ type: "status", stage, detail, loaded, total });
}

self.onmessage = ({ data }: MessageEvent<ToWorker>): void => {
  if (data.type === "init") {
    pipeline = load(data);
    pipeline.catch((error: unknown) => {
      post({ type: "error", error: toFailure(error), fatal: true });
    });
  } else if (data.type === "profile") {
    endProfile = profile(data.on, endProfile);
  } else {
    queue = queue.then(() => (data.type === "frame" ? answer(data) : reset()));
  }
};

async function load({ base, backend: wanted, canvas }: Init): Promise<Pipeline> {
  report("site", "the app", 0, 0);
  checkBackend(wanted);
  const site = await loadSite(base);
  const python = site.manifest.python && new PythonHost(base, site.manifest.python, report);
  const [{ backend, reason, models }, kernels] = await Promise.all([loadModels(site), loadKernels(base)]);
  const made = new Pipeline({ site, kernels, models, python, canvas, entering });
  post({ type: "ready", what: "frames", backend, reason });
  const started = (): void => {
    post({ type: "ready", what: "python", backend, reason });
  };
  if (python) bootPython(python, started);
  else started();
  return made;
}

function checkBackend(wanted: string): void {
  if (BACKENDS.includes(wanted)) return;
  const refused = new LoadError(`There is no backend '${wanted}'; choose one of ${BACKENDS.join(", ")}.`, "engine");
  refused.name = "UnsupportedError";
  throw refused;
}

interface Inference {
  backend: BackendName;
  reason: string;
  models: Map<string, CompiledModel>;
}

/** Starts the engine while the models are fetched; neither for a graph without a model. */
async function loadModels({ base, manifest }: Site): Promise<Inference> {
  const assets = Object.entries(manifest.models);
  const models = new Map<string, CompiledModel>();
  if (!assets.length) return { backend: "none", reason: "the graph has no model", models };
  const [engine, ...files] = await Promise.all([
    startEngine(base),
    ...assets.map(([name, asset]) => fetchModel(base, name, asset)),
  ]);
  for (const [index, [name]] of assets.entries()) {
    models.set(name, await engine.compile(files[index]!, name).catch(refuseModel));
  }
  return { backend: engine.backend, reason: engine.reason, models };
}

async function startEngine(base: string): Promise<Engine> {
  report("engine", "LiteRT", 0, 0);
  try {
    return await createLiteRtEngine(new URL("litert/", base).href);
  } catch (error) {
    throw new LoadError(`The inference engine could not be started: ${messageOf(error)}.`, "engine");
  }
}

function fetchModel(base: string, name: string, asset: Asset): Promise<Uint8Array> {
  return fetchAsset(base, asset, "model", (loaded, total) => {
    report("model", name, loaded, total);
  });
}

function refuseModel(error: unknown): never {
  const refused = new LoadError(messageOf(error), "model");
  refused.name = "ModelError";
  throw refused;
}

async function loadKernels(base: string): Promise<Kernels> {
  return Kernels.load(await fetchFile(base, "kernels.wasm", "engine"));
}

function bootPython(python: PythonHost, started: () => void): void {
  beginPython = () => {
    beginPython = () => undefined;
    python.boot().then(started, (error: unknown) => {
      post({ type: "error", error: toFailure(error), fatal: true });
    });
  };
  setTimeout(() => { beginPython(); }, PYTHON_WAITS);
}

function entering(node: string, timestamp: number): void {
  post({ type: "entering", node, timestamp });
}

async function answer(frame: Frame): Promise<void> {
  try {
    const made = await pipeline!;
    if (!frame.partial) beginPython();
    const result = await made.process(frame);
    post(result, transferables(Object.values(result.values)));
    beginPython();
  } catch (error) {
    frame.image.close();
    post({ type: "error", error: toFailure(error), id: frame.id, fatal: false });
    await reset();
  }
}

async function profile(on: boolean, end: Promise<() => void>): Promise<() => void> {
  (await end)();
  // What could not be loaded has been told; there is nothing to profile.
  const made = on && (await pipeline?.catch(() => undefined));
  return made ? beginProfile(made, post) : () => undefined;
}

async function reset(): Promise<void> {
  // A calculator that fails once more while it is closed has been reported already, or is so now.
  await (await pipeline)?.reset().catch((error: unknown) => {
    post({ type: "error", error: toFailure(error), fatal: false });
  });
}

function toFailure(error: unknown): Failure {
  const failure = { name: nameOf(error), message: messageOf(error), stack: error instanceof Error ? (error.stack ?? "") : "" };
  if (error instanceof CalculatorError) return { ...failure, node: error.node, timestamp: error.timestamp };
  return error instanceof LoadError ? { ...failure, stage: error.stage } : failure;
}

function nameOf(error: unknown): ErrorName {
  if (error instanceof CalculatorError) return "CalculatorError";
  if (error instanceof LoadError) return error.name;
  return error instanceof ConfigError ? "LoadError" : "InternalError";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
