/**
 * Where frames come faster than they are done: whether the engine had better run beside the graph, in a worker of its
 * own, so that one frame's inference and the next one's pixels share the cores. It costs a message each way, so it is
 * tried on the visitor's own frames, and kept where more of them get through.
 */

import { Deferred } from "../deferred";
import { median } from "../median";
import type { Candidate } from "./candidate";
import type { Inference } from "./inference";
import { backend as litertWasm } from "./litert_wasm";
import type { Running } from "./running";

/** Frames after a change that do not count, and those of which the median counts. */
const WARM_UP = 5;
const FRAMES = 25;

/** How much of the time between two frames must be left at most, to be worth a further worker. */
const WORTH = 0.9;

export class Overlap {
  private measuring: { readonly done: Deferred<number>; readonly wantsBehind: boolean } | null = null;
  private times: number[] = [];

  /** @param now milliseconds, from anywhere. */
  constructor(
    private readonly inference: Inference,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** A frame is done; `isBehind`: it had to wait for its turn. */
  frameDone(isBehind: boolean): void {
    if (this.measuring === null) return;
    if (this.measuring.wantsBehind && !isBehind) this.times = [];
    this.times.push(this.now());
    if (this.times.length <= WARM_UP + FRAMES) return;
    const counted = this.times.slice(WARM_UP);
    this.measuring.done.resolve(median(counted.slice(1).map((time, index) => time - counted[index]!)));
    this.measuring = null;
  }

  /** Waits until frames come too fast, and then tries each count of threads; resolves when the best one runs. */
  async run(): Promise<void> {
    if (navigator.hardwareConcurrency < 2) return;
    let best = await this.interval(true);
    // What runs in a worker of its own anyway has nothing to try.
    if (this.inference.running.isOwn) return;
    for (const candidate of this.inference.candidates) {
      if (candidate.backend === litertWasm.name && candidate.state !== "excluded") best = await this.consider(candidate, best);
    }
  }

  /** Milliseconds between two frames. */
  private interval(wantsBehind: boolean): Promise<number> {
    this.times = [];
    this.measuring = { done: new Deferred(), wantsBehind };
    return this.measuring.done.promise;
  }

  /** Gives the milliseconds between two frames with the better one, which runs. */
  private async consider(candidate: Candidate, best: number): Promise<number> {
    const { inference } = this;
    const signal = new AbortController().signal;
    const beside = await inference.starter.startChecked(candidate, signal, true).catch(() => null);
    if (beside === null) return best;
    const former = inference.running;
    const { reason } = former.candidate;
    inference.swap(beside, "tried beside the graph, since frames come faster than they are done", true);
    const took = await this.interval(false);
    if (inference.running === beside && took < best * WORTH) {
      inference.swap(beside, `beside the graph: ${apart(took)}, ${best.toFixed(1)} ms before`);
      former.close();
      return took;
    }
    this.goBack(beside, former, reason, `beside the graph not faster: ${apart(took)}`);
    return best;
  }

  private goBack(beside: Running, former: Running, reason: string, why: string): void {
    // It may have failed meanwhile, and something else has taken its place.
    if (this.inference.running !== beside) {
      former.close();
      return;
    }
    this.inference.swap(former, "");
    former.candidate.reason = reason;
    beside.candidate.reason = beside.candidate === former.candidate ? `${reason}; ${why}` : why;
    this.inference.report();
  }
}

function apart(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms from frame to frame`;
}
