/** The page's Python: boots Pyodide in the scheduler's own worker and calls the user's calculators. */

import type { Options } from "../graph/calculator";
import { fetchAsset, LoadError } from "../loading";
import type { Asset, PythonAssets, Stage } from "../protocol";
import { Archive } from "./archive";
import { lineSpeed } from "./line";
import { PAGE_MODULE, PLACES } from "./places";
import type { PortTypes, PythonMemory } from "./payloads";
import type { Pyodide, Unpacked } from "./pyodide";
import { fetchSnapshot, restore, startPlain } from "./pyodide";

interface PageModule {
  PageCalculator(name: string, module: string, config: string, tags: string): PythonObject;
  refresh(): void;
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

/** Milliseconds that a snapshot may take to come: it saves 2.5 s on a fast desktop, and more on slower devices. */
const WORTH = 2500;

export class PythonHost {
  /** Settles when `boot` has done its work. */
  readonly started: Promise<void>;
  /** How Python was started, in one line. */
  how = "";
  private settle: () => void = () => undefined;
  private module: PageModule | undefined;
  private memory: PythonMemory["buffer"] = () => new ArrayBuffer(0);
  private packages: Promise<Archive>[] = [];
  private app: Promise<Archive> | undefined;
  private snapshot: Promise<Unpacked> | undefined;
  /** Why there is no snapshot, or none is fetched; "" where one is. */
  private against = "";

  constructor(
    private readonly base: string,
    private readonly assets: PythonAssets,
    private readonly report: Report,
  ) {
    this.started = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Begins to fetch what `boot` will need. */
  fetch(): void {
    const { packages, app } = this.assets;
    this.against = this.whyNoSnapshot();
    this.snapshot = this.against === "" ? this.fetchSnapshot() : undefined;
    this.packages = packages.map((asset) => this.fetchOne(asset));
    this.app = this.fetchOne(app);
    // A failed download is reported by boot, which awaits it; until then it is not unhandled.
    for (const file of [this.snapshot, this.app, ...this.packages]) file?.catch(() => undefined);
  }

  private whyNoSnapshot(): string {
    const { snapshot } = this.assets;
    if (!snapshot) return "the site has none";
    const speed = lineSpeed(performance.getEntriesByType("resource") as PerformanceResourceTiming[]);
    if (speed === null || snapshot.bytes / speed <= WORTH) return "";
    return `the line gives ${(speed / 1000).toFixed(1)} MB a second, so that it would come too late`;
  }

  private fetchSnapshot(): Promise<Unpacked> {
    return fetchSnapshot(this.base, this.assets.snapshot!, this.progress("python", "a snapshot of it"));
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

  /** Starts Python, installs the packages and imports the app's modules. */
  async boot(): Promise<void> {
    this.report("python", "Python", 0, 0);
    const pyodide = await this.start(new URL(this.assets.pyodide, this.base).href);
    for (const wheel of this.packages) (await wheel).write(pyodide.FS, PLACES.packages);
    (await this.app!).write(pyodide.FS, PLACES.app);
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

  /** From the snapshot; where that does not fit, or cannot be had, from nothing. */
  private async start(folder: string): Promise<Pyodide> {
    try {
      if (this.against !== "") throw new Error(this.against);
      const pyodide = await restore(folder, this.assets.snapshot!, this.snapshot!);
      this.how = "from a snapshot";
      return pyodide;
    } catch (error) {
      this.how = `without a snapshot: ${lastLine(error)}`;
    }
    try {
      return await startPlain(folder);
    } catch (error) {
      throw new LoadError(`Python could not be started: ${lastLine(error)}`, "python");
    }
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
