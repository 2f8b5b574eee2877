/** A site's graph in the worker: loaded, then given frame after frame. */

import type { PythonServices } from "./calculators/python";
import { pythonCalculator } from "./calculators/python";
import type { InferenceServices } from "./calculators/inference";
import { inference } from "./calculators/inference";
import { CORE } from "./calculators/core/index";
import { STANDARD } from "./calculators/index";
import type { CalculatorType } from "./graph/calculator";
import { release } from "./graph/calculator";
import type { GraphConfig, NodeConfig } from "./graph/config";
import { fromJson } from "./graph/config";
import type { NodeStatus } from "./graph/node_status";
import type { Profiler } from "./graph/profiler";
import { FramesInFlight, type FrameInFlight } from "./frames_in_flight";
import { Scheduler } from "./graph/scheduler";
import type { Image } from "./image";
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
  readonly calls: PythonServices["python"]["calls"];
}

type Size = NonNullable<Result["shown"]>;

export class Pipeline {
  private readonly scheduler: Scheduler<Services>;
  private readonly reader: PixelReader;
  private readonly display: Display | null;
  private readonly inFlight: FramesInFlight;
  private isOpen = false;

  constructor(private readonly parts: PipelineParts) {
    const { site, kernels } = parts;
    const own = Object.keys(site.manifest.python?.calculators ?? {}).map(pythonCalculator);
    const types: CalculatorType<Services>[] = [...CORE, ...STANDARD, inference, ...own];
    this.scheduler = new Scheduler(withTwoRuns(fromJson(site.graph)), types, this.services());
    this.reader = new PixelReader(kernels);
    this.display = parts.canvas && new Display(parts.canvas);
    this.inFlight = new FramesInFlight(Object.keys(site.manifest.outputs));
    for (const name of Object.keys(site.manifest.outputs)) this.observe(name);
  }

  private observe(name: string): void {
    const packet = (payload: unknown, timestamp: number): void => { this.inFlight.packet(name, payload, timestamp); };
    this.scheduler.observe(name, packet, (timestamp) => { this.inFlight.settle(name, timestamp); });
  }

  private services(): Services {
    const { kernels, models, python, calls } = this.parts;
    return {
      kernels,
      models,
      python: {
        get create() {
          return python?.ready ? python.create.bind(python) : undefined;
        },
        leaveOut: (node, timestamp) => { this.inFlight.at(timestamp)?.pending.push(node); },
        calls,
      },
    };
  }

  /** Has a frame enter the graph, while others may still be there; one enters at a time. */
  async enter(frame: Frame): Promise<FrameInFlight> {
    if (!frame.partial) await this.parts.python?.started;
    const payload = await this.read(frame);
    try {
      if (!this.isOpen) await this.scheduler.open();
    } catch (error) {
      release(payload);
      throw error;
    }
    this.isOpen = true;
    return this.feed(frame, payload);
  }

  private feed(frame: Frame, payload: Image | Tensor): FrameInFlight {
    const { settings, input } = this.parts.site;
    const entered = this.inFlight.begin(frame.timestamp);
    try {
      // Where no output is an Image, the visitor sees the input itself.
      if (frame.show && this.seen === input) entered.keep(input, payload);
      this.scheduler.feed(frame.timestamp, { ...settings, ...frame.settings, [input]: payload });
    } catch (error) {
      this.inFlight.fail(error as Error);
      entered.release();
      throw error;
    }
    this.scheduler.idle().then(
      () => { this.inFlight.finish(frame.timestamp); },
      (error: unknown) => { this.inFlight.fail(error as Error); },
    );
    return entered;
  }

  /** The stream that the visitor sees; undefined: none. */
  private get seen(): string | undefined {
    const { manifest, input, shown } = this.parts.site;
    return shown ?? (manifest.inputs[input] === "Audio" ? undefined : input);
  }

  /** Until the frame has gone through the graph: what it gave, which is drawn if the frame is to be shown. */
  async leave(frame: Frame, entered: FrameInFlight): Promise<Result> {
    try {
      await entered.done.promise;
      return await this.result(frame, entered);
    } finally {
      entered.release();
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
    this.inFlight.reset();
  }

  private async result(frame: Frame, { outputs, pending }: FrameInFlight): Promise<Result> {
    const { id, timestamp } = frame;
    const values = await this.values(outputs, frame.values);
    const shown = frame.show ? this.show(outputs) : undefined;
    const milliseconds = this.scheduler.takeMilliseconds();
    return { type: "result", id, timestamp, values, ...(shown && { shown }), pending, milliseconds };
  }

  private async values(outputs: ReadonlyMap<string, unknown>, withImages: boolean): Promise<Record<string, Value>> {
    const values: Record<string, Value> = {};
    // In the order of the manifest, whichever came first.
    for (const [name, type] of Object.entries(this.parts.site.manifest.outputs)) {
      if (outputs.has(name) && (withImages || type !== "Image")) values[name] = await toValue(type, outputs.get(name));
    }
    return values;
  }

  private show(outputs: ReadonlyMap<string, unknown>): Size | undefined {
    const image = this.seen === undefined ? undefined : (outputs.get(this.seen) as Image | undefined);
    if (!image || !this.display) return undefined;
    this.display.draw(image);
    return { width: image.width, height: image.height };
  }
}

/** A model's next run waits at the engine while one is on, so that an engine in a worker of its own never idles. */
function withTwoRuns(config: GraphConfig): GraphConfig {
  const isFree = ({ calculator, maxInFlight, inputStreamHandler }: NodeConfig): boolean =>
    calculator === inference.name && maxInFlight === 0 && inputStreamHandler === null;
  return { ...config, node: config.node.map((node) => (isFree(node) ? { ...node, maxInFlight: 2 } : node)) };
}
