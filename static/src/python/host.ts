/** The page's Python: boots Pyodide in the scheduler's own worker and calls the user's calculators. */

import type { Options } from "../graph/calculator";
import { fetchAsset, LoadError } from "../loading";
import type { Asset, PythonAssets, Stage } from "../protocol";

/** The parts of Pyodide that are used here. */
interface Pyodide {
  unpackArchive(buffer: Uint8Array, format: string, options?: { extractDir?: string }): void;
  pyimport(name: string): PageModule;
}

interface PageModule {
  PageCalculator(name: string, module: string, config: string): PageCalculator;
}

/** A calculator in Python; each call gives nothing, or a failure as JSON: {"message", "stack"}. */
export interface PageCalculator {
  open(): string | undefined;
  process(tags: readonly string[], payloads: unknown[], sink: object): string | undefined;
  close(): string | undefined;
}

export type Report = (stage: Stage, detail: string, loaded: number, total: number) => void;

export class PythonHost {
  /** Settles when `boot` has done its work. */
  readonly started: Promise<void>;
  private settle: () => void = () => undefined;
  private module: PageModule | undefined;
  private readonly files: Promise<Uint8Array>[];

  /** Begins to fetch at once what `boot` will need. */
  constructor(
    private readonly base: string,
    private readonly assets: PythonAssets,
    private readonly report: Report,
  ) {
    this.started = new Promise((resolve) => {
      this.settle = resolve;
    });
    this.files = [...assets.packages, assets.app].map((asset) => this.fetch(asset));
    // A failed download is reported by boot, which awaits it; until then it is not unhandled.
    for (const file of this.files) file.catch(() => undefined);
  }

  private fetch(asset: Asset): Promise<Uint8Array> {
    const detail = "name" in asset ? String(asset.name) : "the app";
    return fetchAsset(this.base, asset, "packages", (loaded, total) => {
      this.report("packages", detail, loaded, total);
    });
  }

  get ready(): boolean {
    return this.module !== undefined;
  }

  /** Starts Python, installs the packages and imports the app's modules. */
  async boot(): Promise<void> {
    const folder = new URL(this.assets.pyodide, this.base).href;
    this.report("python", "Python", 0, 0);
    const pyodide = await this.start(folder);
    const files = await Promise.all(this.files);
    files.forEach((bytes, index) => {
      const wheel = index < files.length - 1;
      pyodide.unpackArchive(bytes, wheel ? "wheel" : "zip", wheel ? {} : { extractDir: "/home/pyodide" });
    });
    this.report("app", "the app's own Python", 0, 0);
    try {
      this.module = pyodide.pyimport("pyweb_ml.page");
    } catch (error) {
      throw new LoadError(`Python could not import the app: ${lastLine(error)}`, "app");
    }
    this.settle();
  }

  private async start(folder: string): Promise<Pyodide> {
    try {
      const module = (await import(/* @vite-ignore */ `${folder}pyodide.mjs`)) as {
        loadPyodide(options: { indexURL: string }): Promise<Pyodide>;
      };
      return await module.loadPyodide({ indexURL: folder });
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
