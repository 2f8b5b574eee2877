/** What an element runs: its session, and what has been chosen to feed it. */

import { DeviceReturn } from "./device_return";
import type { ElementParts } from "./element_parts";
import { AppError, toFailure } from "./failure";
import { notConnected } from "./messages";
import { Session } from "./session";
import type { SessionEvents, SessionOptions } from "./session_events";
import type { Choice, Device } from "./source";

export class ElementRun {
  /** By the visitor, the attribute or a script; null: nothing yet. */
  choice: Choice | null = null;
  readonly #element: HTMLElement;
  readonly #parts: ElementParts;
  readonly #return = new DeviceReturn();
  #session: Session | null = null;

  constructor(element: HTMLElement, parts: ElementParts) {
    this.#element = element;
    this.#parts = parts;
  }

  /** Made when it is first asked for. */
  get session(): Session {
    this.#session ??= new Session(this.#options(this.#parts.site.base()), this.#events());
    return this.#session;
  }

  /** Throws an {@link AppError} where the element is not in the page; `method` is what was called. */
  require(method: string): void {
    if (!this.#element.isConnected) throw new AppError(notConnected(method));
  }

  /** Loads everything, Python included. */
  async load(): Promise<void> {
    const { session } = this;
    const { presenter, site } = this.#parts;
    if (!session.connected) presenter.begin();
    // What is wrong with the site is reported by the session, too.
    await Promise.all([session.load(), site.manifest.catch(() => undefined)]);
  }

  /** Starts what is chosen; rejects with an {@link AppError}, reported where the element is in the page. */
  async start(): Promise<void> {
    this.require("start");
    this.#parts.presenter.forgive();
    await this.session.start(this.choice);
  }

  /** As {@link start}, where nobody waits for it. */
  begin(choice: Choice | null): void {
    this.choice = choice;
    this.start().catch(() => undefined);
  }

  /** Tries what has failed once more; a device that is still out is waited for as before. */
  retry(): void {
    this.#tryAgain(this.choice, this.#return.awaited);
  }

  stop(): void {
    this.#session?.stop();
  }

  toggle(): void {
    if (this.#parts.presenter.busy) this.stop();
    else this.begin(this.choice);
  }

  /** Begins what begins without the visitor: a browser shares a screen only at the press of a button. */
  beginUnasked(): void {
    if (this.choice === null || this.choice.kind === "screen") this.load().catch(() => undefined);
    else this.begin(this.choice);
  }

  /** Another source is chosen; it begins at once if the element has been seen. */
  follow(choice: Choice | null, isSeen: boolean): void {
    this.stop();
    this.choice = choice;
    this.#parts.presenter.activity("idle", choice !== null);
    if (isSeen && choice !== null && choice.kind !== "screen") this.begin(choice);
  }

  /** A control shows something else; what it made a calculator refuse is tried again, but for a screen, once shared. */
  settingsChanged(): void {
    const { choice } = this;
    if (this.#parts.presenter.isRefused && choice !== null && choice.kind !== "screen") this.begin(choice);
    else this.#session?.settingsChanged();
  }

  /** The function that it gives begins the video that plays now once more, as it is now; where none plays, it does nothing. */
  remember(): () => void {
    const { choice } = this;
    const { transport } = this.#parts.view;
    const { playback } = transport;
    if (playback === null) return () => undefined;
    const resume = (): void => { if (choice === this.choice) transport.resume(playback); };
    return () => { this.session.start(choice).then(resume, () => undefined); };
  }

  showNumbers(): void {
    if (this.#session !== null) this.#parts.presenter.numbers(this.#session.stats, this.#session.rate);
  }

  /** Gives everything back. */
  release(): void {
    this.#session?.release();
    this.#session = null;
  }

  /** As {@link release}, for good: a camera that the visitor chose must not start again by itself. */
  dispose(): void {
    this.release();
    this.choice = null;
  }

  /** The device that ran starts again when it is back: no other one, which might see or hear what it should not. */
  #await(device: Device): void {
    this.#return.wait(device, {
      gone: () => { this.#parts.presenter.activity(`${device.kind} out`, true); },
      back: () => { this.#tryAgain(device, device); },
    });
  }

  /** `device`: to wait for if this fails, and nothing else has been begun meanwhile. */
  #tryAgain(choice: Choice | null, device: Device | null): void {
    const { presenter } = this.#parts;
    presenter.forgive();
    this.session.start(choice).catch((error: unknown) => {
      if (device !== null && presenter.shows(toFailure(error))) this.#await(device);
    });
  }

  #options(base: URL): SessionOptions {
    const { view, site, controls } = this.#parts;
    return {
      script: site.worker(base),
      explain: (failure) => site.explain(failure, base),
      base: base.href,
      backend: this.#element.getAttribute("backend") ?? "auto",
      canvas: () => view.freshCanvas(),
      settings: () => controls.settled,
      audio: async () => (await site.manifest).audio,
    };
  }

  #events(): SessionEvents {
    const { view, presenter, reports, saving } = this.#parts;
    return {
      status: (status) => {
        presenter.status(status);
        const { stage, detail, loaded, total } = status;
        reports.tell("status", { stage, detail, loaded, total });
      },
      ready: (ready) => { presenter.ready(ready); },
      result: (result) => {
        presenter.result(result);
        const { timestamp, values, pending } = result;
        reports.tell("result", { timestamp, values, pending });
      },
      failed: (failure) => { reports.failed(failure); },
      deviceLost: (device) => { this.#await(device); },
      activity: (activity) => {
        // Whatever else is begun, and Stop, ends the waiting.
        this.#return.stop();
        if (activity !== "running") saving.end();
        presenter.activity(activity, this.choice !== null);
      },
      notice: (notice) => { presenter.notice(notice); },
      playback: (playback) => { view.transport.follow(playback); },
      level: (peak) => { view.showLevel(peak); },
    };
  }
}
