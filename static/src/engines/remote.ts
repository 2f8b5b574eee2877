/** An engine in a worker of its own, as the graph's worker sees it. */

import { Deferred } from "../deferred";
import type { BackendName } from "../protocol";
import { CALCULATOR_TIMEOUT, STAGE_TIMEOUT } from "../protocol";
import type { CompiledModel, Engine, ModelFiles, TensorValue } from "./engine";
import { InputError, RefusedModel } from "./engine";
import type { FromEngine, Request, Started, ToEngine } from "./engine_protocol";

/** The script of such a worker, beside this one. */
export const ENGINE_SCRIPT = new URL("engine.js", import.meta.url);

/** What is used of a `Worker`, so that a test can stand in for one. */
export interface EngineWorker {
  onmessage: ((event: MessageEvent<FromEngine>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  postMessage(message: ToEngine, transfer: Transferable[]): void;
  terminate(): void;
}

/** Rejects with what is wrong with a file that an engine's worker has loaded. */
export type Prove = (addresses: readonly string[]) => Promise<void>;

/**
 * Starts a backend in a worker of its own; rejects with why it cannot be had. It is not used before the files that its
 * worker has loaded are proved.
 *
 * @param base the folder of the backends' files.
 * @param signal ends the worker at once; what is under way rejects.
 */
export async function createRemote(
  worker: EngineWorker,
  backend: BackendName,
  base: string,
  signal: AbortSignal,
  prove: Prove,
): Promise<Engine> {
  const remote = new Remote(worker, prove);
  signal.addEventListener("abort", () => { remote.end(new Error(String(signal.reason))); });
  try {
    const { reason } = (await remote.ask({ type: "create", backend, base })) as Started;
    return {
      reason,
      lost: remote.lost.promise,
      compile: (files, name, count) => remote.compile(files, name, count),
      close: () => { remote.end(new Error("it was closed")); },
    };
  } catch (error) {
    remote.end(new Error("it did not start"));
    throw error;
  }
}

class Remote {
  readonly lost = new Deferred<string>();
  private readonly waiting = new Map<number, Deferred<unknown>>();
  private nextId = 1;
  private ended: Error | null = null;
  /** Until all that has been loaded so far is proved. */
  private proof: Promise<void> = Promise.resolve();

  constructor(
    private readonly worker: EngineWorker,
    private readonly prove: Prove,
  ) {
    worker.onmessage = ({ data }) => { this.receive(data); };
    worker.onerror = (event) => {
      event.preventDefault();
      void this.die(`its worker died (${("message" in event && event.message) || "its script cannot be loaded"})`);
    };
  }

  /** An answer that does not come within `seconds` ends the engine. */
  async ask(request: Request, seconds = STAGE_TIMEOUT, transfer: Transferable[] = []): Promise<unknown> {
    if (this.ended) throw this.ended;
    const answer = new Deferred<unknown>();
    const id = this.nextId++;
    this.waiting.set(id, answer);
    this.worker.postMessage({ ...request, id }, transfer);
    const timer = setTimeout(() => { this.end(new Error(`it has not answered for ${seconds} s`)); }, seconds * 1000);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  async compile(files: ModelFiles, name: string, threads: number): Promise<CompiledModel> {
    await this.ask({ type: "compile", files, name, threads });
    await this.proof;
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
  end(why: Error): void {
    if (this.ended) return;
    this.ended = why;
    this.worker.terminate();
    for (const answer of this.waiting.values()) answer.reject(why);
    this.waiting.clear();
    this.lost.resolve(why.message);
  }

  private receive(message: FromEngine): void {
    if (message.type === "lost") {
      this.end(new Error(message.reason));
    } else if (message.type === "loaded") {
      this.check(message.addresses);
    } else {
      const answer = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.type === "done") answer?.resolve(message.value);
      else void this.refuse(answer, revived(message.name, message.message));
    }
  }

  /** A file that is not what was built ends the engine, whatever else comes of it. */
  private check(addresses: readonly string[]): void {
    const proof = Promise.all([this.proof, this.prove(addresses)]).then(() => undefined);
    proof.catch((fault: unknown) => { this.end(fault as Error); });
    this.proof = proof;
  }

  /** A damaged file is told, rather than what came of it. */
  private async refuse(answer: Deferred<unknown> | undefined, error: Error): Promise<void> {
    answer?.reject(await this.proof.then(() => error, (fault: unknown) => fault as Error));
  }

  /** The worker's own script may be what is damaged. */
  private async die(why: string): Promise<void> {
    this.check([]);
    this.end(await this.proof.then(() => new Error(why), (fault: unknown) => fault as Error));
  }
}

function revived(name: string, message: string): Error {
  if (name === "InputError") return new InputError(message);
  return name === "RefusedModel" ? new RefusedModel(message) : new Error(message);
}
