/** The page's Python: boots Pyodide in the scheduler's own worker and calls the user's calculators. */

import type { Options } from "../graph/calculator";
import { fetchAsset, LoadError } from "../loading";
import type { Asset, PythonAssets, Stage } from "../protocol";
import { lineSpeed } from "./line";
import { PAGE_MODULE, PLACES } from "./places";
import type { Pyodide, Unpacked } from "./pyodide";
import { fetchSnapshot, restore, startPlain } from "./pyodide";

interface PageModule {
  PageCalculator(name: string, module: string, config: string): PageCalculator;
  refresh(): void;
}

/** A calculator in Python; each call gives nothing, or a failure as JSON: {"message", "stack"}. */
export interface PageCalculator {
  open(): string | undefined;
  /** Bound: taken off once and called for each frame, it is not looked up, wrapped and dropped each time. */
  readonly process: (tags: readonly string[], payloads: unknown[], sink: object) => string | undefined;
  close(): string | undefined;
}

export type Report = (stage: Stage, detail: string, loaded: number, total: number) => void;

/** Milliseconds that a snapshot may take to come: it saves 2.5 s on a fast desktop, and more on slower devices. */
const WORTH = 5000;

export class PythonHost {
  /** Settles when `boot` has done its work. */
  readonly started: Promise<void>;
  /** How Python was started, in one line. */
  how = "";
  private settle: () => void = () => undefined;
  private module: PageModule | undefined;
  private files: Promise<Uint8Array>[] = [];
  private snapshot: Promise<Unpacked> | undefined;

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
    this.snapshot = this.fetchSnapshot();
    this.files = [...packages, app].map((asset) => this.fetchOne(asset));
    // A failed download is reported by boot, which awaits it; until then it is not unhandled.
    for (const file of [this.snapshot, ...this.files]) file.catch(() => undefined);
  }

  private async fetchSnapshot(): Promise<Unpacked> {
    const { snapshot } = this.assets;
    if (!snapshot) throw new Error("the site has none");
    const speed = lineSpeed(performance.getEntriesByType("resource") as PerformanceResourceTiming[]);
    if (speed !== null && snapshot.bytes / speed > WORTH) {
      throw new Error(`the line gives ${(speed / 1000).toFixed(1)} MB a second, so that it would come too late`);
    }
    return fetchSnapshot(this.base, snapshot, this.progress("python", "a snapshot of it"));
  }

  private fetchOne(asset: Asset): Promise<Uint8Array> {
    const detail = "name" in asset ? String(asset.name) : "the app";
    return fetchAsset(this.base, asset, "packages", this.progress("packages", detail));
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
    const files = await Promise.all(this.files);
    const app = files.pop()!;
    for (const wheel of files) pyodide.unpackArchive(wheel, "wheel", { extractDir: PLACES.packages });
    pyodide.unpackArchive(app, "zip", { extractDir: PLACES.app });
    this.report("app", "the app's own Python", 0, 0);
    try {
      const module = pyodide.pyimport(PAGE_MODULE) as PageModule;
      module.refresh();
      this.module = module;
    } catch (error) {
      throw new LoadError(`Python could not import the app: ${lastLine(error)}`, "app");
    }
    this.settle();
  }

  /** From the snapshot; where that does not fit, or cannot be had, from nothing. */
  private async start(folder: string): Promise<Pyodide> {
    const { snapshot } = this.assets;
    try {
      const unpacked = await this.snapshot!;
      const pyodide = await restore(folder, snapshot!, unpacked);
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

  /** A calculator of the user's, made from its node's options; Python must be ready. */
  create(name: string, options: Options): PageCalculator {
    if (!this.module) throw new Error("Python is not ready");
    try {
      return this.module.PageCalculator(name, String(options["module"]), JSON.stringify(options));
    } catch (error) {
      throw new LoadError(`Python could not make the calculator '${name}': ${lastLine(error)}`, "app");
    }
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split("\n").at(-1) ?? text;
}
