/** Stand-ins for engines, so that what chooses among them can be tested without a browser. */

import type { Candidate } from "../../src/engines/candidate";
import type { CompiledModel, TensorValue } from "../../src/engines/engine";
import { Running } from "../../src/engines/running";
import type { Starter } from "../../src/engines/starting";
import { Deferred } from "../../src/deferred";

/** How a backend behaves. */
export interface Behaviour {
  /** When it has started; at once, if left out. */
  starts?: Promise<void>;
  /** Why it cannot be started. */
  refusal?: Error;
  /** What it gets wrong. */
  lie?: string;
  /** Milliseconds that a run takes, or each run in turn (the last goes on), and what it does. */
  takes?: number | readonly number[];
  run?: () => Promise<TensorValue[]>;
}

export const OUTPUT: TensorValue = { shape: [1], data: new Float32Array([1]) };

/** Starts fakes by their backends' names; remembers what was started and what is open. */
export class FakeStarter {
  readonly started: string[] = [];
  readonly open = new Set<string>();
  readonly lost = new Map<string, Deferred<string>>();
  readonly distrusted: string[] = [];

  constructor(private readonly behaviours: Record<string, Behaviour>) {}

  get starter(): Starter {
    return this as unknown as Starter;
  }

  /** `isBeside`: what shares the graph's worker is asked for in a worker of its own. */
  async start(candidate: Candidate, _?: AbortSignal, isBeside = false): Promise<Running> {
    const behaviour = this.behaviours[candidate.backend]!;
    const label = isBeside ? `${candidate.label}, beside` : candidate.label;
    this.started.push(label);
    await behaviour.starts;
    if (behaviour.refusal) throw behaviour.refusal;
    this.open.add(label);
    const lost = new Deferred<string>();
    this.lost.set(label, lost);
    const own = isBeside || candidate.backend !== "litert-wasm";
    const engine = { reason: "", lost: lost.promise, compile: () => Promise.reject(new Error("unused")), close: () => undefined };
    const models = new Map([["m", { ...model(behaviour), close: () => { this.open.delete(label); } }]]);
    return new Running(candidate, engine, models, own);
  }

  async startChecked(candidate: Candidate, signal: AbortSignal, isBeside?: boolean): Promise<Running> {
    const running = await this.start(candidate, signal, isBeside);
    await this.check(running).catch((error: unknown) => {
      running.close();
      throw error;
    });
    return running;
  }

  check(running: Running): Promise<void> {
    const { lie } = this.behaviours[running.candidate.backend]!;
    if (lie !== undefined) return Promise.reject(new Error(lie));
    running.candidate.checked = true;
    return Promise.resolve();
  }

  distrust(failed: Running): void {
    this.distrusted.push(failed.candidate.label);
  }
}

function model({ run, takes = 0 }: Behaviour): CompiledModel {
  const turns = [takes].flat();
  let count = 0;
  const usual = async (): Promise<TensorValue[]> => {
    const turn = turns[Math.min(count++, turns.length - 1)];
    await new Promise((resolve) => { setTimeout(resolve, turn); });
    return [OUTPUT];
  };
  return { run: run ?? usual, close: () => undefined };
}
