/** What a site's models run on just now; another backend takes over when it fails. */

import { LoadError } from "../loading";
import type { BackendName, Backends } from "../protocol";
import { Candidate } from "./candidate";
import type { TensorValue } from "./engine";
import { InputError, messageOf, RefusedModel } from "./engine";
import { backend as litertWasm } from "./litert_wasm";
import type { Running } from "./running";
import type { Starter } from "./starting";

/** The backends among which a site's visitor has the choice, each on each count of threads that it can have. */
export async function candidatesOf(backends: readonly BackendName[]): Promise<Candidate[]> {
  const counts = await litertWasm.threads!();
  return backends.flatMap((name) =>
    name === litertWasm.name ? counts.map((threads) => new Candidate(name, threads)) : [new Candidate(name, 0)],
  );
}

export class Inference {
  private readonly events: string[] = [];
  private current: Running | null = null;
  private replacing: Promise<void> | null = null;
  /** Whether one of the candidates has run. */
  isBegun = false;

  constructor(
    readonly candidates: readonly Candidate[],
    readonly starter: Starter,
    private readonly tell: (backends: Backends) => void,
  ) {}

  get running(): Running {
    if (this.current === null) throw this.nothingLeft();
    return this.current;
  }

  /** What runs just now, and why. */
  get chosen(): Pick<Backends, "backend" | "reason"> {
    if (this.current === null) return { backend: "none", reason: "no backend runs just now" };
    const { backend, reason } = this.current.candidate;
    return { backend, reason };
  }

  /** Starts the first candidate that can be had; rejects with one error that says why each of them cannot. */
  async begin(): Promise<void> {
    await this.takeFirst(this.candidates, "the first that can be had here");
    this.isBegun = true;
  }

  /** Runs a model. When the backend fails, another one runs it; rejects when none is left. */
  async run(model: string, inputs: readonly TensorValue[]): Promise<TensorValue[]> {
    for (;;) {
      while (this.replacing !== null) await this.replacing;
      const running = this.running;
      try {
        return await running.run(model, inputs);
      } catch (error) {
        if (error instanceof InputError) throw error;
        await this.replace(running, error);
      }
    }
  }

  /**
   * Puts a backend in the place of the current one; the frame under way is not disturbed.
   *
   * @param why in one line.
   * @param isTrial whether the current one is kept, to come back.
   */
  swap(to: Running, why: string, isTrial = false): void {
    const former = this.current;
    this.current = to;
    if (former?.candidate.state === "running") former.candidate.state = "usable";
    to.candidate.state = "running";
    to.candidate.reason = [to.how, why].filter((part) => part !== "").join("; ");
    if (former !== to && !isTrial) former?.close();
    void to.lost.then((reason) => { if (this.current === to) void this.replace(to, reason).catch(() => undefined); });
    this.report();
  }

  /** The backend that runs has failed: another takes its place. `why`: an error, or one line. */
  replace(failed: Running, why: unknown, isLie = false): Promise<void> {
    if (this.current !== failed) return this.replacing ?? Promise.resolve();
    this.current = null;
    if (isLie || why instanceof RefusedModel) failed.candidate.exclude(why);
    else failed.candidate.fail(messageOf(why));
    failed.close();
    this.starter.distrust(failed);
    this.replacing = this.takeOver(failed.candidate, messageOf(why)).finally(() => { this.replacing = null; });
    // Who waits for a run hears of it there.
    this.replacing.catch(() => undefined);
    return this.replacing;
  }

  report(): void {
    const overlaps = this.current?.isOwn ?? false;
    this.tell({ type: "backends", ...this.chosen, overlaps, backends: this.candidates.map((one) => one.report), events: [...this.events] });
  }

  private async takeOver(failed: Candidate, why: string): Promise<void> {
    this.events.push(`${failed.label} failed: ${why}`);
    await this.takeFirst(this.candidates.toSorted(byPromise), `in place of ${failed.backend}, which failed`);
    this.events.push(`${this.running.candidate.label} took over`);
    this.report();
  }

  private async takeFirst(candidates: readonly Candidate[], why: string): Promise<void> {
    for (const candidate of candidates) {
      if (candidate.state === "excluded") continue;
      const running = await this.tryOut(candidate);
      if (running === null) continue;
      this.swap(running, why);
      return;
    }
    throw this.nothingLeft();
  }

  /** The usual backend is believed until there is time to check it; the others must prove themselves first. */
  private async tryOut(candidate: Candidate): Promise<Running | null> {
    try {
      const signal = new AbortController().signal;
      const isSafe = candidate.backend === litertWasm.name || candidate.checked;
      return await (isSafe ? this.starter.start(candidate, signal) : this.starter.startChecked(candidate, signal));
    } catch (error) {
      // A site that is not whole is told as such at the start; later, it may be the network that is not there.
      if (!(error instanceof LoadError)) candidate.exclude(error);
      else if (this.isBegun) candidate.fail(error.message);
      else throw error;
      return null;
    }
  }

  private nothingLeft(): Error {
    const reasons = this.candidates.map(({ label, reason }) => `${label}: ${reason}`);
    const refused = new LoadError(`No backend can run this app here. ${reasons.join("; ")}.`, "engine");
    refused.name = this.candidates.some(({ refusesModel }) => refusesModel) ? "ModelError" : "UnsupportedError";
    return refused;
  }
}

/** Those that have not failed first, then the faster. */
function byPromise(one: Candidate, other: Candidate): number {
  return one.failures - other.failures || (one.milliseconds ?? Infinity) - (other.milliseconds ?? Infinity) || 0;
}
