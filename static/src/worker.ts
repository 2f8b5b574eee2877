/** The worker: loads a site, then has the page's frames go through its graph; see protocol.ts. */

import { Deferred } from "./deferred";
import { chooseBuild } from "./engine_build";
import { messageOf } from "./engines/engine";
import { line } from "./engines/line";
import { expectWasm, fetchBuild, giveWasm } from "./engines/litert";
import type { LoadedModels } from "./engines/models";
import { loadModels } from "./engines/models";
import { ConfigError } from "./graph/config";
import { CalculatorError } from "./graph/node";
import { Kernels } from "./kernels";
import { fetchAhead, fetchFile, LoadError, witnessed } from "./loading";
import { Pipeline } from "./pipeline";
import { beginProfile } from "./profiling";
import type { ErrorName, Failure, Frame, FromWorker, Init, Prepare, Result, Stage, ToWorker } from "./protocol";
import { Proving } from "./proving";
import { PythonCalls } from "./python/calls";
import { PythonHost } from "./python/host";
import { loadSite, type Site } from "./site";
import { transferables } from "./values";
import { seriesOf, tagOf, VERSION } from "./version";

/** Python starts after the first result, or, where nobody asks for one, after this many milliseconds. */
const PYTHON_WAITS = 500;

/** Milliseconds that the engine may take to come; where it takes longer, it is the line that all wait for. */
const SLOW = 1000;

/** What is on its way for one site and one wanted backend. */
interface Begun {
  base: string;
  backend: string;
  site: Promise<Site>;
  models: Promise<LoadedModels>;
  kernels: Promise<Kernels>;
}

let begun: Begun | undefined;
let pipeline: Promise<Pipeline> | undefined;
let models: LoadedModels | undefined;
/** Python runs, or there is none: what is measured from now on is not disturbed by its start. */
let isWhole = false;
let beginPython: () => void = () => undefined;
const engineCame = new Deferred<void>();
/** What the page asks for, one after the other; a frame is past when the next may enter the graph. */
let queue: Promise<void> = Promise.resolve();
/** Until every frame that has entered the graph has left it. */
let leaving: Promise<void> = Promise.resolve();
let endProfile: Promise<() => void> = Promise.resolve(() => undefined);

function post(message: FromWorker, transfer: Transferable[] = []): void {
  (self as unknown as { postMessage(message: FromWorker, transfer: Transferable[]): void }).postMessage(message, transfer);
}

const proving = new Proving((fault, isNeeded) => { post({ type: "error", error: toFailure(fault), fatal: isNeeded && !isWhole }); });

const calls = new PythonCalls(post);

function report(stage: Stage, detail: string, loaded: number, total: number): void {
  post({ type: "status", stage, detail, loaded, total });
}

self.onmessage = ({ data }: MessageEvent<ToWorker>): void => {
  if (data.type === "prepare") {
    begun = prepare(data);
  } else if (data.type === "compiled") {
    if (data.isSlow) line.findSlow();
    else engineCame.resolve();
    giveWasm(data.address, data.module);
  } else if (data.type === "copy") {
    proving.copied(data.address, new Response(data.bytes));
  } else if (data.type === "init") {
    pipeline = load(data);
    pipeline.catch(fail);
  } else if (data.type === "profile") {
    endProfile = profile(data.on, endProfile);
  } else if (data.type === "picture") {
    queue = queue.then(() => leaving).then(() => picture(data.id));
  } else if (data.type === "frame") {
    queue = queue.then(() => answer(data));
  } else {
    queue = queue.then(() => leaving).then(reset);
  }
};

async function load({ version, base, backend: wanted, canvas }: Init): Promise<Pipeline> {
  checkVersion(version, base);
  report("site", "the app", 0, 0);
  const parts = takeBegun(base, wanted);
  const site = await parts.site;
  proving.begin(base, site.manifest);
  const python = site.manifest.python && new PythonHost(base, site.manifest.python, report);
  if (python) {
    holdPython(python);
    line.first = python.started;
  }
  const [loaded, kernels] = await Promise.all([parts.models, parts.kernels]);
  models = loaded;
  const made = new Pipeline({ site, kernels, models: loaded.models, python, canvas, calls });
  post({ type: "ready", what: "frames", ...loaded.chosen, python: "" });
  const started = (): void => {
    isWhole = true;
    post({ type: "ready", what: "python", ...loaded.chosen, python: python?.how ?? "" });
  };
  if (python) {
    setTimeout(() => { beginPython(); }, PYTHON_WAITS);
    void python.started.then(started);
  } else started();
  return made;
}

/** What a page told ahead is fetched at once, without the manifest that will ask for it. */
function prepare({ base, backend, engine, models: files, wasm }: Prepare): Begun {
  expectWasm(wasm);
  fetchBuild(engine, chooseBuild());
  fetchAhead(files);
  return begin(base, backend);
}

function begin(base: string, backend: string): Begun {
  const site = loadSite(base);
  const made = { base, backend, site, models: site.then((one) => loadModels(one, backend, report, post)), kernels: loadKernels() };
  // Whoever takes it is told what failed.
  for (const part of [site, made.models, made.kernels]) part.catch(() => undefined);
  return made;
}

/** What `prepare` has begun, if it is for this. */
function takeBegun(base: string, backend: string): Begun {
  const taken = begun?.base === base && begun.backend === backend ? begun : begin(base, backend);
  begun = undefined;
  return taken;
}

/** Something has failed for good; a file that is missing or damaged is told rather than what came of it. */
async function fail(error: unknown): Promise<void> {
  const cause = error instanceof LoadError && error.name === "LoadError" ? null : await proving.fault();
  post({ type: "error", error: toFailure(cause ?? error), fatal: true });
}

/** They lie beside this script. */
async function loadKernels(): Promise<Kernels> {
  const address = new URL("kernels.wasm", import.meta.url).href;
  return Kernels.load(witnessed(address, await fetchFile(address, "kernels.wasm", "engine")));
}

/** The page's end may come from another site's build. */
function checkVersion(version: string, base: string): void {
  if (seriesOf(version) === seriesOf(VERSION)) return;
  const what = `'${base}' was built by PyWebML ${VERSION}, but this page's <pywebml-app> is of ${version}`;
  throw new LoadError(`${what}; load '${base}widget.js' too, and write <${tagOf(VERSION)}> for it.`, "site");
}

/** Until the first result, what that needs has the device to itself, and the line. */
function holdPython(python: PythonHost): void {
  beginPython = () => {
    beginPython = () => undefined;
    python.boot().catch(fail);
  };
  // A slow line is free as soon as the engine has come, while the device still prepares it.
  void engineCame.promise.then(() => { if (performance.now() > SLOW) beginPython(); });
}

/** Has a frame enter the graph; resolves when the next one may. */
async function answer(frame: Frame): Promise<void> {
  try {
    const made = await pipeline!;
    if (!frame.partial) beginPython();
    const entered = await made.enter(frame);
    const left = tell(frame, () => made.leave(frame, entered));
    leaving = Promise.all([leaving, left]).then(() => undefined);
    if (frame.pace === "alone") await left;
  } catch (error) {
    frame.image?.close();
    await refuse(frame, error);
  }
}

async function tell(frame: Frame, leave: () => Promise<Result>): Promise<void> {
  try {
    const result = await leave();
    post(result, transferables(Object.values(result.values)));
    beginPython();
    models?.frameDone(frame.pace === "behind");
    if (isWhole) models?.select();
  } catch (error) {
    await refuse(frame, error);
  }
}

async function refuse({ id }: Frame, error: unknown): Promise<void> {
  post({ type: "error", error: toFailure(error), id, fatal: false });
  await reset();
}

async function picture(id: number): Promise<void> {
  // What could not be loaded has been told; then nothing is shown.
  const png = await pipeline!.then((made) => made.picture()).catch(() => null);
  post({ type: "picture", id, png });
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
