/** An engine in a worker of its own, as the graph's worker sees it. */

import { Deferred } from "../deferred";
import type { BackendName } from "../protocol";
import { CALCULATOR_TIMEOUT, STAGE_TIMEOUT } from "../protocol";
import type { CompiledModel, Engine, ModelFiles, TensorValue } from "./engine";
import { InputError, RefusedModel } from "./engine";
import type { FromEngine, Request, Started, ToEngine } from "./engine_protocol";

/** What is used of a `Worker`, so that a test can stand in for one. */
export interface EngineWorker {
  onmessage: ((event: MessageEvent<FromEngine>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToEngine, transfer: Transferable[]): void;
  terminate(): void;
}

/**
 * Starts a backend in a worker of its own; rejects with why it cannot be had.
 *
 * @param base the folder of the backends' files.
 * @param signal ends the worker at once; what is under way rejects.
 */
export async function createRemote(worker: EngineWorker, backend: BackendName, base: string, signal: AbortSignal): Promise<Engine> {
  const remote = new Remote(worker);
  signal.addEventListener("abort", () => { remote.end(String(signal.reason)); });
  try {
    const { reason } = (await remote.ask({ type: "create", backend, base })) as Started;
    return {
      reason,
      lost: remote.lost.promise,
      compile: (files, name, count) => remote.compile(files, name, count),
      close: () => { remote.end("it was closed"); },
    };
  } catch (error) {
    remote.end("it did not start");
    throw error;
  }
}

class Remote {
  readonly lost = new Deferred<string>();
  private readonly waiting = new Map<number, Deferred<unknown>>();
  private nextId = 1;
  private ended = "";

  constructor(private readonly worker: EngineWorker) {
    worker.onmessage = ({ data }) => { this.receive(data); };
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(`its worker died (${("message" in event && event.message) || "its script cannot be loaded"})`);
    };
  }

  /** An answer that does not come within `seconds` ends the engine. */
  async ask(request: Request, seconds = STAGE_TIMEOUT, transfer: Transferable[] = []): Promise<unknown> {
    if (this.ended) throw new Error(this.ended);
    const answer = new Deferred<unknown>();
    const id = this.nextId++;
    this.waiting.set(id, answer);
    this.worker.postMessage({ ...request, id }, transfer);
    const timer = setTimeout(() => { this.end(`it has not answered for ${seconds} s`); }, seconds * 1000);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async compile(files: ModelFiles, name: string, threads: number): Promise<CompiledModel> {
    await this.ask({ type: "compile", files, name, threads });
    // The first run may have shaders to compile, which takes seconds.
    let limit = STAGE_TIMEOUT;
    const run = async (inputs: readonly TensorValue[]): Promise<TensorValue[]> => {
      const outputs = await this.run(name, inputs, limit);
      limit = CALCULATOR_TIMEOUT;
      return outputs;
    };
    return { run, close: () => undefined };
  }

  private async run(name: string, inputs: readonly TensorValue[], seconds: number): Promise<TensorValue[]> {
    // Copied first: of a view into Wasm memory, the whole memory would be sent.
    const copies = inputs.map(({ shape, data }) => ({ shape, data: data.slice() }));
    const transfer = copies.map(({ data }) => data.buffer);
    return (await this.ask({ type: "run", name, inputs: copies }, seconds, transfer)) as TensorValue[];
  }

  /** Terminates the worker; what waits for it rejects. */
  end(why: string): void {
    if (this.ended) return;
    this.ended = why;
    this.worker.terminate();
    for (const answer of this.waiting.values()) answer.reject(new Error(why));
    this.waiting.clear();
    this.lost.resolve(why);
  }

  private receive(message: FromEngine): void {
    if (message.type === "lost") {
      this.end(message.reason);
      return;
    }
    const answer = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.type === "done") answer?.resolve(message.value);
    else answer?.reject(revived(message.name, message.message));
  }
}

function revived(name: string, message: string): Error {
  if (name === "InputError") return new InputError(message);
  return name === "RefusedModel" ? new RefusedModel(message) : new Error(message);
}
