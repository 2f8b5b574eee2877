/** Brings a candidate up: its engine started, the site's models compiled; then has it prove itself. */

import { Integrity } from "../integrity";
import type { LoadError } from "../loading";
import { fetchAsset } from "../loading";
import type { Asset, BackendName, Manifest } from "../protocol";
import type { Candidate } from "./candidate";
import type { CompiledModel, Engine, ModelFiles } from "./engine";
import { backend as litertWasm } from "./litert_wasm";
import { inputsOf, lieOf } from "./reference";
import type { EngineWorker } from "./remote";
import { createRemote, ENGINE_SCRIPT } from "./remote";
import { Running } from "./running";

/** What the models are, and where; the parts of a site that engines need. */
export interface ModelSite {
  readonly base: string;
  readonly manifest: Pick<Manifest, "models" | "engines" | "files">;
}

export type Progress = (model: string, loaded: number, total: number) => void;

export class Starter {
  private local: Promise<Engine> | undefined;
  /** Whether an engine has failed in the graph's own worker: its Wasm memory cannot be trusted any more. */
  private isSpoilt = false;
  private readonly integrity: Integrity;

  constructor(
    private readonly site: ModelSite,
    private readonly progress: Progress,
    private readonly createWorker: () => EngineWorker,
    private readonly tellFault: (fault: LoadError) => void,
  ) {
    this.integrity = new Integrity(site.base, site.manifest);
  }

  /**
   * Rejects with why the candidate cannot be had; with a LoadError if a file of the site is missing or damaged.
   *
   * @param signal gives it up.
   * @param own whether it gets a worker of its own.
   */
  async start(candidate: Candidate, signal: AbortSignal, own = this.isOwn(candidate)): Promise<Running> {
    const names = Object.keys(this.site.manifest.models);
    const files = names.map((name) => this.fetchModel(candidate.backend, name));
    // Whichever fails first is told; of the others nobody need hear.
    for (const one of files) one.catch(() => undefined);
    const engine = own ? await this.isolated(candidate.backend, signal) : await this.shared();
    try {
      const models = new Map<string, CompiledModel>();
      for (const [index, name] of names.entries()) {
        models.set(name, await engine.compile(await files[index]!, name, candidate.threads));
      }
      return new Running(candidate, engine, models, own);
    } catch (error) {
      if (own) engine.close();
      throw error;
    }
  }

  /** Rejects with what it gets wrong: each model must reproduce the desktop's outputs for the reference input. */
  async check(running: Running): Promise<void> {
    for (const [name, reference] of Object.entries(this.site.manifest.engines.references)) {
      const truth = await fetchAsset(this.site.base, reference, "model", () => undefined);
      const outputs = await running.run(name, inputsOf(reference));
      const lie = lieOf(outputs, reference, truth);
      if (lie !== null) throw new Error(`does not reproduce the reference of the model '${name}': ${lie}`);
    }
    running.candidate.checked = true;
  }

  /** As {@link start}, and rejects as {@link check}. */
  async startChecked(candidate: Candidate, signal: AbortSignal, own?: boolean): Promise<Running> {
    const running = await this.start(candidate, signal, own);
    try {
      await this.check(running);
      return running;
    } catch (error) {
      running.close();
      throw error;
    }
  }

  /** What has failed here is started anew in a worker of its own. */
  distrust(failed: Running): void {
    this.isSpoilt ||= !failed.isOwn;
  }

  /** The usual backend shares the graph's worker, which spares a message each way; all others get their own. */
  private isOwn({ backend }: Candidate): boolean {
    return backend !== litertWasm.name || this.isSpoilt;
  }

  /** Where the backends' files are. */
  private get folder(): string {
    return new URL(this.site.manifest.engines.folder, this.site.base).href;
  }

  private shared(): Promise<Engine> {
    this.local ??= litertWasm.create(this.folder);
    return this.local;
  }

  private isolated(backend: BackendName, signal: AbortSignal): Promise<Engine> {
    return createRemote(this.createWorker(), backend, this.folder, signal, (addresses) => this.prove(addresses));
  }

  private async prove(addresses: readonly string[]): Promise<void> {
    const fault = await this.integrity.faultAmong([ENGINE_SCRIPT.href, ...addresses]);
    if (fault === null) return;
    this.tellFault(fault);
    throw fault;
  }

  private async fetchModel(backend: BackendName, name: string): Promise<ModelFiles> {
    return Promise.all(this.assets(backend, name).map((asset) => this.fetch(name, asset)));
  }

  private assets(backend: BackendName, name: string): readonly Asset[] {
    const { models, engines } = this.site.manifest;
    return backend.startsWith("tfjs-") ? engines.tfjs[name]! : [models[name]!];
  }

  private fetch(name: string, asset: Asset): Promise<Uint8Array<ArrayBuffer>> {
    return fetchAsset(this.site.base, asset, "model", (loaded, total) => { this.progress(name, loaded, total); });
  }
}
