/** A site's graph in the worker: loaded, then given frame after frame. */

import type { PythonServices } from "./calculators/python";
import { pythonCalculator } from "./calculators/python";
import type { InferenceServices } from "./calculators/inference";
import { inference } from "./calculators/inference";
import { CORE } from "./calculators/core/index";
import { STANDARD } from "./calculators/index";
import type { CalculatorType } from "./graph/calculator";
import { isShared } from "./graph/calculator";
import { fromJson } from "./graph/config";
import type { NodeStatus } from "./graph/node_status";
import type { Profiler } from "./graph/profiler";
import { Scheduler } from "./graph/scheduler";
import { Image } from "./image";
import type { Kernels } from "./kernels";
import type { Site } from "./site";
import { Display, PixelReader } from "./pixels";
import type { Frame, Result, Tensor, Value } from "./protocol";
import type { PythonHost } from "./python/host";
import { toValue } from "./values";

export type Services = { kernels: Kernels } & InferenceServices & PythonServices;

export interface PipelineParts {
  readonly site: Site;
  readonly kernels: Kernels;
  readonly models: InferenceServices["models"];
  readonly python: PythonHost | null;
  readonly canvas: OffscreenCanvas | null;
  readonly entering: (node: string, timestamp: number) => void;
}

type Size = NonNullable<Result["shown"]>;

export class Pipeline {
  private readonly scheduler: Scheduler<Services>;
  private readonly reader: PixelReader;
  private readonly display: Display | null;
  private readonly outputs = new Map<string, unknown>();
  private pending: string[] = [];
  private isOpen = false;

  constructor(private readonly parts: PipelineParts) {
    const { site, kernels } = parts;
    const own = Object.keys(site.manifest.python?.calculators ?? {}).map(pythonCalculator);
    const types: CalculatorType<Services>[] = [...CORE, ...STANDARD, inference, ...own];
    this.scheduler = new Scheduler(fromJson(site.graph), types, this.services());
    this.reader = new PixelReader(kernels);
    this.display = parts.canvas && new Display(parts.canvas);
    for (const name of Object.keys(site.manifest.outputs)) {
      this.scheduler.observe(name, (payload) => {
        this.keep(name, payload);
      });
    }
  }

  private services(): Services {
    const { kernels, models, python, entering } = this.parts;
    return {
      kernels,
      models,
      python: {
        get create() {
          return python?.ready ? python.create.bind(python) : undefined;
        },
        leaveOut: (node) => this.pending.push(node),
        entering,
      },
    };
  }

  /** Runs the graph on one frame. */
  async process(frame: Frame): Promise<Result> {
    if (!frame.partial) await this.parts.python?.started;
    if (!this.isOpen) await this.scheduler.open();
    this.isOpen = true;
    this.pending = [];
    this.scheduler.takeMilliseconds();
    try {
      const { settings, shown, input: name } = this.parts.site;
      const payload = await this.read(frame);
      // Where no output is an Image, the visitor sees the input itself.
      const isSeen = frame.show && shown === undefined && payload instanceof Image;
      const input = isSeen ? this.draw(payload) : undefined;
      await this.scheduler.add(frame.timestamp, { ...settings, ...frame.settings, [name]: payload });
      return await this.result(frame, input);
    } finally {
      this.drop();
    }
  }

  /** What the visitor sees, as a PNG file; null where nothing is drawn. */
  async picture(): Promise<Blob | null> {
    return this.display?.picture() ?? null;
  }

  /** The payload of the frame's input. */
  private async read({ image, sound }: Frame): Promise<Image | Tensor> {
    const { manifest, input } = this.parts.site;
    const isSound = manifest.inputs[input] === "Audio";
    if (isSound && sound !== undefined) return sound;
    if (!isSound && image !== null) return this.reader.read(image);
    throw new Error(isSound ? "the app takes sound, and no image" : "the app takes an image, and no sound");
  }

  /** From now on tells the profiler what happens in the graph; with undefined, nobody is told. */
  profile(profiler: Profiler | undefined): void {
    this.scheduler.profile(profiler);
  }

  nodeStatus(): NodeStatus[] {
    return this.scheduler.nodeStatus();
  }

  /** Ends the run: the next frame begins a new one. */
  async reset(): Promise<void> {
    if (this.isOpen) await this.scheduler.close();
    this.isOpen = false;
  }

  private keep(name: string, payload: unknown): void {
    if (isShared(payload)) payload.retain();
    // A stream may bring several packets for one frame: the last one is shown.
    const former = this.outputs.get(name);
    if (isShared(former)) former.release();
    this.outputs.set(name, payload);
  }

  private drop(): void {
    for (const payload of this.outputs.values()) if (isShared(payload)) payload.release();
    this.outputs.clear();
  }

  private async result(frame: Frame, input: Size | undefined): Promise<Result> {
    const values = await this.values(frame.values);
    const shown = frame.show ? (input ?? this.show()) : undefined;
    return {
      type: "result",
      id: frame.id,
      timestamp: frame.timestamp,
      values,
      ...(shown && { shown }),
      pending: this.pending,
      milliseconds: this.scheduler.takeMilliseconds(),
    };
  }

  private async values(withImages: boolean): Promise<Record<string, Value>> {
    const values: Record<string, Value> = {};
    // In the order of the manifest, whichever came first.
    for (const [name, type] of Object.entries(this.parts.site.manifest.outputs)) {
      if (this.outputs.has(name) && (withImages || type !== "Image")) values[name] = await toValue(type, this.outputs.get(name));
    }
    return values;
  }

  private show(): Size | undefined {
    const shown = this.parts.site.shown;
    const image = shown === undefined ? undefined : (this.outputs.get(shown) as Image | undefined);
    return image && this.draw(image);
  }

  private draw(image: Image): Size | undefined {
    this.display?.draw(image);
    return this.display ? { width: image.width, height: image.height } : undefined;
  }
}
