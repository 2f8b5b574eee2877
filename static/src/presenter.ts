/** Puts into words and shows what a session does. */

import type { ElementView, Progress } from "./element_view";
import { amount, pendingSentence, stageSentence } from "./messages";
import type { Failure, Ready, Result, Status } from "./protocol";
import type { Activity } from "./session_events";
import type { AppStats } from "./stats";
import { nextSteps, type Step } from "./upcoming";

const ACTIVITIES: Readonly<Record<Activity, string>> = {
  idle: "Ready",
  opening: "Opening the source",
  running: "Running",
  shown: "Done",
  working: "Working",
  "camera out": "Waiting for the camera",
  "microphone out": "Waiting for the microphone",
};

export class Presenter {
  readonly #view: ElementView;
  #loading: Status | null = null;
  #steps: readonly Step[] = [];
  #pending: readonly string[] = [];
  #activity: Activity = "idle";
  #job: Progress | null = null;
  #failure: Failure | null = null;
  #loaded = false;

  constructor(view: ElementView) {
    this.#view = view;
  }

  get is(): Activity {
    return this.#activity;
  }

  /** Whether there is something to stop. */
  get busy(): boolean {
    return this.#activity !== "idle" && this.#activity !== "shown";
  }

  /** How far a job on files is; null: there is none any more. */
  job(progress: Progress | null): void {
    this.#job = progress;
    if (progress !== null && progress.part !== 0) this.#view.showPicture();
    this.#say();
  }

  shows(failure: Failure): boolean {
    return failure === this.#failure;
  }

  /** What is wrong, as it is shown; empty if nothing is. */
  get complaint(): string {
    return this.#failure?.message ?? "";
  }

  /** Whether a calculator has failed, and nothing has been tried since. */
  get isRefused(): boolean {
    return this.#failure?.name === "CalculatorError";
  }

  /** What the site's app loads, as soon as that is known. */
  expect(steps: readonly Step[]): void {
    this.#steps = steps;
    this.#say();
  }

  /** A worker is on its way. */
  begin(): void {
    this.#loading ??= { type: "status", stage: "site", detail: "", loaded: 0, total: 0 };
    this.#say();
  }

  status(status: Status): void {
    this.#loading = status;
    this.#say();
  }

  ready(ready: Ready): void {
    this.#loaded = true;
    if (ready.what === "python") this.#loading = null;
    this.#say();
  }

  result(result: Result): void {
    this.#pending = result.pending;
    if (result.shown !== undefined) this.#view.showPicture();
    this.#view.showValues(result.values);
    this.#say();
  }

  failed(failure: Failure): void {
    this.#failure = failure;
    this.#loading = null;
    this.#view.showFailure(failure);
    this.#say();
  }

  /** Nothing is wrong any more, or is tried again. */
  forgive(): void {
    this.#failure = null;
    this.#view.showFailure(null);
    this.#say();
  }

  activity(activity: Activity, canStart: boolean): void {
    this.#activity = activity;
    if (activity === "idle" || activity === "opening") this.#pending = [];
    this.#view.showActivity(activity, canStart);
    this.#say();
  }

  notice(notice: string): void {
    this.#view.showNotice(notice);
  }

  numbers(stats: AppStats, rate: number): void {
    // An app without a model has no backend that anybody could choose.
    const parts: string[] = stats.backend === "none" ? [] : [stats.backend];
    if (this.#activity === "running" && rate > 0) parts.push(`${rate.toFixed(rate < 10 ? 1 : 0)} frames/s`);
    const took = Object.values(stats.milliseconds).reduce((sum, one) => sum + one, 0);
    if (took > 0) parts.push(`${took.toFixed(1)} ms`);
    // Of a job nothing is dropped, and of a still there is nothing to drop.
    if (this.#activity === "running" && stats.framesDropped > 0) parts.push(`${stats.framesDropped} dropped`);
    this.#view.showNumbers(parts.filter((part) => part !== "").join(" · "), stats.reason);
  }

  #say(): void {
    const loading = this.#loading;
    const more = loading === null ? (this.#job?.text ?? "") : amount(loading.loaded, loading.total);
    const next = loading === null ? "" : nextSteps(this.#steps, loading.stage);
    const sentence = this.#sentence();
    const waits = this.#pending.length > 0 && loading !== null;
    // "not shown yet, 2 of 6 MB" would say that of the wrong thing.
    this.#view.showStatus(sentence, waits ? "" : more, waits ? "" : next);
    if (loading === null) {
      this.#view.showProgress(this.#job);
      return;
    }
    const part = loading.total > 0 ? loading.loaded / loading.total : null;
    this.#view.showProgress({ part, text: stageSentence(loading.stage, loading.detail) + more + next });
  }

  #sentence(): string {
    if (this.#loading !== null && this.#pending.length > 0) return pendingSentence(this.#pending);
    if (this.#loading !== null) return stageSentence(this.#loading.stage, this.#loading.detail);
    if (this.#failure !== null && !this.busy) return "Stopped by an error";
    if (this.#activity === "idle" && !this.#loaded) return "";
    return ACTIVITIES[this.#activity];
  }
}
