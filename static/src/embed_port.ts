/** The embedded app's end of the messages: answers the embedding page's calls, and tells it what happens. */

import type { PywebmlApp } from "./element";
import { EmbedJobs } from "./embed_jobs";
import { EVENTS, idOf, isOurs, readCall, type Aborted, type Call, type FromEmbed, type Size } from "./embed_protocol";
import { AppError, toFailure } from "./failure";
import { strangeOrigin } from "./messages";
import type { Failure } from "./protocol";

/** Whom messages come from and go to; a `Window` fits. */
export interface Peer {
  postMessage(message: FromEmbed, options: { targetOrigin: string; transfer: Transferable[] }): void;
}

export class EmbedPort {
  readonly #app: PywebmlApp;
  readonly #peer: Peer;
  readonly #origins: readonly string[];
  readonly #jobs: EmbedJobs;
  /** Where events go: nowhere before the embedding page has made its first call. */
  #origin: string | null = null;
  #sizes: ResizeObserver | null = null;

  /** Listens from now on to the peer, the embedding page, if it is of one of the origins. */
  constructor(app: PywebmlApp, peer: Peer, origins: readonly string[]) {
    this.#app = app;
    this.#peer = peer;
    this.#origins = origins;
    this.#jobs = new EmbedJobs(app);
    for (const type of EVENTS) {
      app.addEventListener(type, ({ detail }: CustomEventInit) => { this.#tell({ pywebml: "event", type, detail }); });
    }
  }

  async receive({ source, origin, data }: Pick<MessageEvent<unknown>, "source" | "origin" | "data">): Promise<void> {
    // Frames and windows beside the embedding page have no say.
    if (source !== (this.#peer as unknown) || !isOurs(data)) return;
    const id = idOf(data);
    try {
      if (!this.#origins.includes(origin)) throw new AppError(strangeOrigin(origin));
      this.#origin = origin;
      const call = readCall(data);
      const value = (await this.#answer(call, origin)) ?? null;
      this.#post({ pywebml: "answer", id: call.id, value }, origin, call.pywebml === "process" ? pictures(value) : []);
    } catch (error) {
      this.#post({ pywebml: "failure", id, failure: failureOf(error) }, origin, []);
    }
  }

  #answer(call: Call, origin: string): unknown {
    const app = this.#app;
    if (call.pywebml === "exportVideo" || call.pywebml === "processFiles") {
      return this.#jobs.run(call, (progress) => { this.#post({ pywebml: "progress", id: call.id, progress }, origin, []); });
    }
    if (call.pywebml === "abort") return this.#jobs.abort(call.call);
    if (call.pywebml === "ready") return app.ready;
    if (call.pywebml === "process") return app.process(call.image, timed(call.timestamp));
    if (call.pywebml === "start") return app.start();
    if (call.pywebml === "stats") return app.stats;
    if (call.pywebml === "size") return this.#watchSize();
    if (call.pywebml === "set") this.#set(call.attributes);
    else app.stop();
    return null;
  }

  #set(attributes: Readonly<Record<string, string | null>>): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) this.#app.removeAttribute(name);
      else this.#app.setAttribute(name, value);
    }
  }

  /** The page's size, which the frame is to have; told as an event from now on, whenever it changes. */
  #watchSize(): Size {
    this.#sizes ??= this.#observe();
    return sizeOf(document.documentElement);
  }

  #observe(): ResizeObserver {
    // The picture's height follows from the width alone, no longer from the frame that is to follow it.
    document.documentElement.classList.add("sized");
    const observer = new ResizeObserver(() => {
      this.#tell({ pywebml: "event", type: "size", detail: sizeOf(document.documentElement) });
    });
    observer.observe(document.documentElement);
    return observer;
  }

  #tell(message: FromEmbed): void {
    if (this.#origin !== null) this.#post(message, this.#origin, []);
  }

  #post(message: FromEmbed, origin: string, transfer: Transferable[]): void {
    // A page without an origin of its own, such as a sandboxed one, cannot be named.
    if (origin !== "null") this.#peer.postMessage(message, { targetOrigin: origin, transfer });
  }
}

/** What a call came to, in the words of the element, which rejects with the signal's reason when a job is given up. */
function failureOf(error: unknown): Failure | Aborted {
  if (!(error instanceof DOMException) || error.name !== "AbortError") return toFailure(error);
  return { name: "AbortError", message: "The job was given up.", stack: "" };
}

function timed(timestamp: number | undefined): { timestamp?: number } {
  return timestamp === undefined ? {} : { timestamp };
}

function pictures(values: unknown): Transferable[] {
  return Object.values(values as object).filter((value): value is ImageBitmap => value instanceof ImageBitmap);
}

function sizeOf(element: Element): Size {
  const { width, height } = element.getBoundingClientRect();
  return { width: Math.ceil(width), height: Math.ceil(height) };
}
