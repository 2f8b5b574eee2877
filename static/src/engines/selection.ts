/**
 * Which backend is the best on this device: once the first results have been shown, each candidate proves itself on
 * the reference and is timed, one run in each gap between frames, as in use. A tight loop would flatter threads.
 */

import { LoadError } from "../loading";
import type { Manifest } from "../protocol";
import { savesData } from "../slow_line";
import type { Candidate } from "./candidate";
import type { ChoiceStore } from "./choice_store";
import type { TensorValue } from "./engine";
import { messageOf } from "./engine";
import type { Gaps } from "./gaps";
import type { Inference } from "./inference";
import { inputsOf } from "./reference";
import type { Running } from "./running";

/** Runs before those that count, and runs of which the lower quartile counts. */
const WARM_UP = 2;
const RUNS = 7;

/** How much of the time of the one that runs another must need at most, to be worth a change. */
const WORTH = 0.9;

/** The part of the budget that must have been left for a candidate that took too long to be given up for good. */
const SHARE = 0.5;

export class Selection {
  /** Milliseconds left of the budget. */
  private left: number;
  /** Whether the candidate that is considered had time enough. */
  private hadItsShare = false;
  private readonly inputs: ReadonlyMap<string, TensorValue[]>;

  constructor(
    private readonly inference: Inference,
    private readonly manifest: Pick<Manifest, "engines">,
    private readonly gaps: Gaps,
    private readonly store: ChoiceStore,
  ) {
    const { budget, references } = manifest.engines;
    this.left = budget;
    this.inputs = new Map(Object.entries(references).map(([name, one]) => [name, inputsOf(one)]));
  }

  /** Checks the one that runs, and the others against it; rejects if none is left. */
  async run(): Promise<void> {
    await this.gaps.wait();
    await this.verify();
    if (this.others().length === 0 || this.isForbidden()) return;
    await this.recall();
    await this.time(this.inference.running).catch(() => undefined);
    await this.resume();
    for (const candidate of this.others()) if (candidate.state === "untried") await this.consider(candidate);
    await this.store.keep(this.inference.candidates.filter(isSettled).map(remembered));
    this.inference.report();
  }

  /** The backend that runs was believed so far. One that lies is replaced; where the truth does not come, it goes on. */
  private async verify(): Promise<void> {
    for (;;) {
      const { running, starter } = this.inference;
      if (running.candidate.checked) return;
      await starter.check(running).catch((error: unknown) => {
        if (error instanceof LoadError) throw error;
        return this.inference.replace(running, messageOf(error), true);
      });
    }
  }

  /** Where the visitor saves data, nothing is fetched that may turn out to be of no use. */
  private isForbidden(): boolean {
    if (!savesData()) return false;
    for (const candidate of this.others()) candidate.reason = "not tried: this browser is told to save data";
    this.inference.report();
    return true;
  }

  private others(): Candidate[] {
    const { candidates, running } = this.inference;
    return candidates.filter((one) => one !== running.candidate && one.state !== "excluded");
  }

  private async recall(): Promise<void> {
    for (const { backend, threads, milliseconds, reason, excluded } of await this.store.recall()) {
      const one = this.others().find((other) => other.backend === backend && other.threads === threads);
      if (one === undefined) continue;
      if (excluded) one.exclude(reason);
      else Object.assign(one, { state: "usable", milliseconds, reason: "measured on an earlier visit" });
    }
  }

  /** The best of an earlier visit runs again, once it has proved itself again. */
  private async resume(): Promise<void> {
    const known = this.others().filter((one) => one.milliseconds !== null);
    const best = known.sort((one, other) => one.milliseconds! - other.milliseconds!)[0];
    if (best !== undefined && this.isBetter(best)) await this.consider(best);
  }

  /** Brings a candidate up, times it, and has it take over if it is faster; all within the budget. */
  private async consider(candidate: Candidate): Promise<void> {
    if (this.left <= 0) {
      candidate.reason = this.spent();
      return;
    }
    const began = performance.now();
    this.hadItsShare = this.left > this.manifest.engines.budget * SHARE;
    const given = new AbortController();
    const timer = setTimeout(() => { given.abort(`it took longer than what was left of ${this.budget}`); }, this.left);
    let running: Running | null = null;
    try {
      running = await this.inference.starter.startChecked(candidate, given.signal);
      this.left -= performance.now() - began;
      clearTimeout(timer);
      await this.time(running);
      this.take(running);
    } catch (error) {
      clearTimeout(timer);
      running?.close();
      this.left -= running === null ? performance.now() - began : 0;
      this.refuse(candidate, error);
    }
  }

  /** What hangs on the network, or on how much time was left, may be otherwise on another visit. */
  private refuse(candidate: Candidate, error: unknown): void {
    if (error instanceof LoadError || (this.left <= 0 && !this.hadItsShare)) candidate.reason = messageOf(error);
    else candidate.exclude(error);
  }

  private take(running: Running): void {
    const { candidate } = running;
    const before = this.inference.running.candidate;
    const took = `${ms(candidate)} a run, ${before.backend} ${ms(before)}`;
    if (this.isBetter(candidate)) {
      this.inference.swap(running, `the fastest here: ${took}`);
      before.reason = `${ms(before)} a run: ${candidate.label} is faster`;
    } else {
      running.close();
      Object.assign(candidate, { state: "usable", reason: `not faster: ${took}` });
    }
    this.inference.report();
  }

  private isBetter(candidate: Candidate): boolean {
    const before = this.inference.running.candidate.milliseconds ?? 0;
    return candidate.milliseconds! < before * WORTH;
  }

  private async time(running: Running): Promise<void> {
    const times: number[] = [];
    for (let run = 0; run < WARM_UP + RUNS; run++) {
      await this.gaps.wait();
      times.push(await this.once(running));
      if (this.left <= 0) break;
    }
    running.candidate.milliseconds = lowerQuartile(times.slice(Math.min(WARM_UP, times.length - 1)));
  }

  /** One run of every model. */
  private async once(running: Running): Promise<number> {
    const began = performance.now();
    for (const [name, inputs] of this.inputs) await running.run(name, inputs);
    const took = performance.now() - began;
    this.left -= took;
    return took;
  }

  private get budget(): string {
    return `the ${this.manifest.engines.budget / 1000} s for measuring`;
  }

  private spent(): string {
    return `${this.budget} were spent before its turn; it has it on another visit`;
  }
}

function ms({ milliseconds }: Candidate): string {
  return `${(milliseconds ?? NaN).toFixed(1)} ms`;
}

function isSettled({ state, milliseconds }: Candidate): boolean {
  return state === "excluded" || milliseconds !== null;
}

function remembered({ backend, threads, state, milliseconds, reason }: Candidate): Awaited<ReturnType<ChoiceStore["recall"]>>[number] {
  return { backend, threads, milliseconds, reason, excluded: state === "excluded" };
}

/**
 * By nearest rank: of seven runs, the second fastest. Whatever else the device does only ever adds to a run, and often
 * to more than half of them, which a median then tells of; the fastest one may be a clock that browsers round.
 */
function lowerQuartile(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[Math.ceil(times.length / 4) - 1]!;
}
