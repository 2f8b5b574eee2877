/** A site's models in the graph's worker: loaded on the first backend that can be had, then on the best. */

import { LoadError } from "../loading";
import { moduleWorker } from "../module_worker";
import type { BackendName, Failure, FromWorker, Manifest, Ready } from "../protocol";
import { ChoiceStore } from "./choice_store";
import type { TensorValue } from "./engine";
import { messageOf } from "./engine";
import { Gaps } from "./gaps";
import { candidatesOf, Inference } from "./inference";
import { line } from "./line";
import { Overlap } from "./overlap";
import type { EngineWorker } from "./remote";
import { ENGINE_SCRIPT } from "./remote";
import { Selection } from "./selection";
import { SmallEngine } from "./small_engine";
import type { ModelSite } from "./starting";
import { Starter } from "./starting";

/** What InferenceCalculator runs. */
export interface RunnableModel {
  run(inputs: readonly TensorValue[]): Promise<TensorValue[]>;
}

export interface LoadedModels {
  /** By the name that nodes use. */
  readonly models: ReadonlyMap<string, RunnableModel>;
  /** What runs them just now, and why. */
  readonly chosen: Pick<Ready, "backend" | "reason">;
  /** A frame is done: what is to be measured may run now. `isBehind`: it had to wait for its turn. */
  frameDone(isBehind: boolean): void;
  /** Chooses among the other backends, once. */
  select(): void;
}

/**
 * Loads the models on the first of the wanted backends that can be had.
 *
 * @param wanted "auto", or the name of a backend, which then runs or nothing.
 * @param report tells how loading goes on.
 * @param post takes the messages that follow later.
 * @throws LoadError that says what is wrong: for backends, each one's reason.
 */
export async function loadModels(
  site: ModelSite,
  wanted: string,
  report: (stage: "engine" | "model", detail: string, loaded: number, total: number) => void,
  post: (message: FromWorker) => void,
): Promise<LoadedModels> {
  const backends = wantedOf(wanted, site.manifest);
  const names = Object.keys(site.manifest.models);
  if (names.length === 0) return NO_MODELS;
  let isLoading = true;
  const progress = (name: string, loaded: number, total: number): void => {
    if (isLoading) report("model", name, loaded, total);
  };
  report("engine", backends[0]!, 0, 0);
  const tell = (error: unknown): void => { post({ type: "error", error: failureOf(error), fatal: false }); };
  const starter = new Starter(site, progress, createEngineWorker, tell);
  const inference = new Inference(await candidatesOf(backends), starter, post);
  const small = (wanted === "auto" && site.manifest.engines.small) || null;
  line.expect(small?.large ?? 0);
  const usual = inference.begin();
  await (small === null ? usual : new SmallEngine(inference, small.backend, report).begin(usual, line));
  isLoading = false;
  // Where nothing runs, that was told; where the small engine does, a file of the usual one may be missing.
  usual.catch((error: unknown) => { if (error instanceof LoadError && error.name === "LoadError") tell(error); });
  return running(site, inference, usual, tell);
}

function failureOf(error: unknown): Failure {
  const failure = { message: messageOf(error), stack: "" };
  return error instanceof LoadError ? { ...failure, name: error.name, stage: error.stage } : { ...failure, name: "UnsupportedError" };
}

function wantedOf(wanted: string, { engines }: Pick<Manifest, "engines">): readonly BackendName[] {
  const { backends } = engines;
  if (wanted === "auto") return backends;
  const named = backends.filter((name) => name === wanted);
  if (named.length > 0) return named;
  const refused = new LoadError(
    `There is no backend '${wanted}' in this site; choose one of ${["auto", ...backends].join(", ")}, ` +
      "or have it built in: pw.app(backend=…).",
    "engine",
  );
  refused.name = "UnsupportedError";
  throw refused;
}

function running(site: ModelSite, inference: Inference, usual: Promise<void>, tell: (error: unknown) => void): LoadedModels {
  const [gaps, overlap] = [new Gaps(), new Overlap(inference)];
  let isBegun = false;
  const select = (): void => {
    if (isBegun) return;
    isBegun = true;
    const store = new ChoiceStore(site.base, site.manifest);
    const selection = new Selection(inference, site.manifest, gaps, store);
    // Nothing is measured while the usual engine is still on its way.
    usual.catch(() => undefined).then(() => selection.run()).then(() => overlap.run()).catch(tell);
  };
  const models = Object.keys(site.manifest.models).map((name): [string, RunnableModel] => [
    name,
    { run: (inputs) => inference.run(name, inputs) },
  ]);
  return {
    models: new Map(models),
    get chosen() {
      return inference.chosen;
    },
    frameDone: (isBehind) => {
      gaps.open();
      overlap.frameDone(isBehind);
    },
    select,
  };
}

const NO_MODELS: LoadedModels = {
  models: new Map(),
  chosen: { backend: "none", reason: "the graph has no model" },
  frameDone: () => undefined,
  select: () => undefined,
};

function createEngineWorker(): EngineWorker {
  return moduleWorker(ENGINE_SCRIPT, "pywebml-engine");
}
