/** What is shown as a file: a picture, or a recording of it while it runs. */

import { AppError, toFailure } from "./failure";
import { cannotRecord, nothingToSave } from "./messages";
import { Recording } from "./recording";
import type { Failure } from "./protocol";

/** What can be saved. */
export interface Shown {
  /** The canvas that shows something, if one does. */
  canvas(): HTMLCanvasElement | null;
  /** What it shows as a PNG file, from the worker that draws it: the page has each picture a little later. */
  picture(): Promise<Blob | null>;
}

export interface SavingEvents {
  /** Whether a recording runs now. */
  recording(runs: boolean): void;
  failed(failure: Failure): void;
}

export class Saving {
  readonly #shown: Shown;
  readonly #events: SavingEvents;
  #recording: Recording | null = null;
  /** What files are called, without an ending. */
  name = "result";

  constructor(shown: Shown, events: SavingEvents) {
    this.#shown = shown;
    this.#events = events;
  }

  /** The shown picture as a PNG file, which the visitor is given under this name; null: nothing is given. */
  async picture(name: string | null = `${this.name}.png`): Promise<Blob> {
    this.#canvas();
    const picture = await this.#shown.picture();
    if (picture === null) throw new AppError(nothingToSave());
    if (name !== null) download(picture, name);
    return picture;
  }

  /** Records what is shown from now on; the function that it gives ends that. */
  record(name?: string | null): () => Promise<Blob> {
    const canvas = this.#canvas();
    if (!Recording.isPossible) throw new AppError(cannotRecord("this browser has no MediaRecorder"));
    this.end();
    const recording = new Recording(canvas, (film) => {
      if (name !== null) download(film, name ?? `${this.name}.${recording.ending}`);
      this.#recording = null;
      this.#events.recording(false);
    });
    this.#recording = recording;
    this.#events.recording(true);
    return () => recording.end();
  }

  /** Begins a recording, or ends the one that runs; what goes wrong is told. */
  toggle(): void {
    try {
      if (this.#recording === null) this.record();
      else this.end();
    } catch (error) {
      this.#events.failed(toFailure(error));
    }
  }

  /** Ends a recording, and saves it; where none runs, does nothing. */
  end(): void {
    this.#recording?.end().catch((error: unknown) => { this.#events.failed(toFailure(error)); });
  }

  /** As {@link picture}, where nobody waits; what goes wrong is told. */
  savePicture(): void {
    this.picture().catch((error: unknown) => { this.#events.failed(toFailure(error)); });
  }

  #canvas(): HTMLCanvasElement {
    const canvas = this.#shown.canvas();
    if (canvas === null) throw new AppError(nothingToSave());
    return canvas;
  }
}

/** Gives the visitor a file, as a download of that name. */
export function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => { URL.revokeObjectURL(link.href); }, 60_000);
}
