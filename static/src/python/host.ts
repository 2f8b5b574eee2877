/** The page's Python: boots Pyodide in the scheduler's own worker and calls the user's calculators. */

import type { Options } from "../graph/calculator";
import { fetchAsset, LoadError } from "../loading";
import type { Asset, Package, PythonAssets, Stage } from "../protocol";
import { Archive } from "./archive";
import { laterFiles, LaterFiles } from "./later";
import { LATER_MODULE, PAGE_MODULE, PLACES } from "./places";
import type { PortTypes, PythonMemory } from "./payloads";
import type { Coming, Pyodide } from "./pyodide";
import { restore, startPlain } from "./pyodide";
import { fetchSnapshot } from "./snapshot";

interface PageModule {
  PageCalculator(name: string, module: string, config: string, tags: string): PythonObject;
  refresh(): void;
}

/** pyweb_ml/later_modules.py. */
interface LaterModule {
  LaterModules(bring: LaterFiles["bring"], ...folders: string[]): { end(): void };
}

/** `PageCalculator` of pyweb_ml/page.py. */
interface PythonObject {
  readonly types: string;
  readonly open: PageCalculator["open"];
  readonly process: PageCalculator["process"];
  readonly close: PageCalculator["close"];
  readonly room: PythonMemory["room"];
}

/** A calculator in Python; `open` and `close` give nothing, or a failure as JSON: {"message", "stack"}. */
export interface PageCalculator {
  readonly types: PortTypes;
  readonly memory: PythonMemory;
  readonly open: () => string | undefined;
  /** JSON of the inputs' payloads gives that of the outputs', or a failure; see {@link Payloads}. */
  readonly process: (given: string) => string;
  readonly close: () => string | undefined;
}

export type Report = (stage: Stage, detail: string, loaded: number, total: number) => void;

export class PythonHost {
  /** Settles when `boot` has done its work. */
  readonly started: Promise<void>;
  /** How Python was started, in one line. */
  how = "";
  private settle: () => void = () => undefined;
  private module: PageModule | undefined;
  private memory: PythonMemory["buffer"] = () => new ArrayBuffer(0);
  /** Packages on their way, by their files' paths. */
  private readonly packages = new Map<string, Promise<Archive>>();
  private app: Promise<Archive> | undefined;
  private snapshot: Coming | undefined;

  constructor(
    private readonly base: string,
    private readonly assets: PythonAssets,
    private readonly report: Report,
  ) {
    this.started = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  private fetch(): void {
    const { snapshot, packages, app } = this.assets;
    if (snapshot) this.snapshot = fetchSnapshot(this.base, snapshot, this.progress("python", "a snapshot of it"));
    this.app = this.fetchOne(app);
    for (const one of packages) if (!snapshot || !one.later) void this.package(one);
    // A failed download is reported by boot, which awaits it; until then it is not unhandled.
    for (const file of [this.snapshot?.libraries, this.snapshot?.delta, this.app]) file?.catch(() => undefined);
  }

  private package(asset: Package): Promise<Archive> {
    const coming = this.packages.get(asset.path) ?? this.fetchOne(asset);
    this.packages.set(asset.path, coming);
    coming.catch(() => undefined);
    return coming;
  }

  private async fetchOne(asset: Asset): Promise<Archive> {
    const detail = "name" in asset ? String(asset.name) : "the app";
    return new Archive(asset.path, await fetchAsset(this.base, asset, "packages", this.progress("packages", detail)));
  }

  private progress(stage: Stage, detail: string) {
    return (loaded: number, total: number): void => {
      this.report(stage, detail, loaded, total);
    };
  }

  get ready(): boolean {
    return this.module !== undefined;
  }

  /** Fetches and starts Python, installs the packages and imports the app's modules. */
  async boot(): Promise<void> {
    this.fetch();
    this.report("python", "Python", 0, 0);
    const folder = new URL(this.assets.pyodide, this.base).href;
    const restored = await this.restore(folder);
    const pyodide = restored ?? (await this.startPlain(folder));
    const needed = this.assets.packages.filter(({ later }) => restored === null || !later);
    for (const one of needed) (await this.package(one)).write(pyodide.FS, PLACES.packages);
    (await this.app!).write(pyodide.FS, PLACES.app);
    if (restored) this.followUp(restored);
    this.report("app", "the app's own Python", 0, 0);
    try {
      const module = pyodide.pyimport(PAGE_MODULE) as PageModule;
      module.refresh();
      this.memory = () => pyodide._module.HEAP8.buffer;
      this.module = module;
    } catch (error) {
      throw new LoadError(`Python could not import the app: ${lastLine(error)}`, "app");
    }
    this.settle();
  }

  /** From the snapshot; null where there is none, or it cannot be had, or does not fit. */
  private async restore(folder: string): Promise<Pyodide | null> {
    const { snapshot } = this.assets;
    try {
      if (!snapshot) throw new Error("the site has none");
      const pyodide = await restore(folder, snapshot, this.snapshot!);
      this.how = "from a snapshot";
      return pyodide;
    } catch (error) {
      this.how = `without a snapshot: ${lastLine(error)}`;
      return null;
    }
  }

  private async startPlain(folder: string): Promise<Pyodide> {
    // Side by side with Python's own files.
    for (const one of this.assets.packages) void this.package(one);
    try {
      return await startPlain(folder);
    } catch (error) {
      throw new LoadError(`Python could not be started: ${lastLine(error)}`, "python");
    }
  }

  /** What Python runs without for a while comes behind it. */
  private followUp(pyodide: Pyodide): void {
    const files = new LaterFiles(this.base, laterFiles(this.assets, pyodide.FS));
    const python = pyodide.pyimport(LATER_MODULE) as LaterModule;
    const modules = python.LaterModules((digest) => { files.bring(digest); }, PLACES.app, PLACES.packages);
    // What fails here is told by the import that wants it.
    void this.started.then(() => files.come()).then(() => { modules.end(); }, () => undefined);
  }

  /** A calculator of the user's, made from its node's options and its inputs' tags; Python must be ready. */
  create(name: string, options: Options, tags: readonly string[]): PageCalculator {
    if (!this.module) throw new Error("Python is not ready");
    const config = JSON.stringify(options);
    try {
      return this.bind(this.module.PageCalculator(name, String(options["module"]), config, JSON.stringify(tags)));
    } catch (error) {
      throw new LoadError(`Python could not make the calculator '${name}': ${lastLine(error)}`, "app");
    }
  }

  /** Its methods are taken off once and called for each frame: they are not looked up, wrapped and dropped each time. */
  private bind({ types, open, process, close, room }: PythonObject): PageCalculator {
    const memory = { buffer: this.memory, room };
    return { types: JSON.parse(types) as PortTypes, memory, open, process, close };
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1) ?? text;
}
