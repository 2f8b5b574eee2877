/** Play, pause, seek and export of a video: what stands below the picture while a video file runs. */

import { trusted } from "./trusted";

export interface TransportHandlers {
  /** Every frame into a new file. */
  export(): void;
}

/** How a video plays. */
export interface Playback {
  /** Seconds from its beginning. */
  at: number;
  paused: boolean;
}

/** Seconds that the arrow keys jump. */
const JUMP = 5;

/** Seconds that "," and "." step, where a video is paused: one frame of the usual 25 to 30 a second. */
const FRAME = 1 / 30;

const MARKUP = `
<button type="button" class="play"></button>
<input type="range" min="0" step="any" aria-label="Position in the video">
<output></output>
<button type="button" class="export">Export video</button>
`;

export const TRANSPORT_STYLE = `
/* The words lie on the empty meter, and leave it their room when it moves: nothing else is to. */
.sound { display: grid; align-items: center; }
.sound > * { grid-area: 1 / 1; }
.sound .invitation {
  margin: 0; padding: .75em; border-radius: 8px; background: var(--_fill); color: var(--_soft);
  text-align: center; text-wrap: balance;
}
.level {
  appearance: none; width: 100%; height: 1.5em; overflow: hidden; background: var(--_fill); border: 0; border-radius: 4px;
}
.level::-webkit-meter-inner-element { display: grid; grid-template-rows: 1fr; height: 100%; }
.level::-webkit-meter-bar { grid-row: 1; height: 100%; background: none; border: 0; }
.level::-webkit-meter-optimum-value { background: var(--_accent); border-radius: 4px; }
.level::-moz-meter-bar { background: var(--_accent); border-radius: 4px; }
.transport { display: flex; flex-wrap: wrap; gap: .5em .75em; align-items: center; padding-top: .75em; }
.transport input { flex: 1 1 8em; min-width: 0; height: 2.75em; margin: 0; accent-color: var(--_accent); }
.transport input:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
.transport .play { min-width: 5.5em; }
.transport output { color: var(--_soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
`;

export class TransportView {
  readonly #place: HTMLElement;
  readonly #play: HTMLButtonElement;
  readonly #position: HTMLInputElement;
  readonly #time: HTMLOutputElement;
  #video: HTMLVideoElement | null = null;
  #listening = new AbortController();

  constructor(place: HTMLElement, handlers: TransportHandlers) {
    this.#place = place;
    place.innerHTML = trusted.createHTML(MARKUP);
    this.#play = place.querySelector(".play")!;
    this.#position = place.querySelector("input")!;
    this.#time = place.querySelector("output")!;
    this.#play.addEventListener("click", () => { this.#toggle(); });
    this.#position.addEventListener("input", (event) => {
      event.stopPropagation();
      this.#seek(this.#position.valueAsNumber);
    });
    place.addEventListener("keydown", (event) => { this.#onKey(event); });
    place.querySelector(".export")!.addEventListener("click", () => { handlers.export(); });
  }

  /** Controls that video from now on; null: none, and nothing is shown. */
  follow(video: HTMLVideoElement | null): void {
    this.#listening.abort();
    this.#listening = new AbortController();
    this.#video = video;
    this.#place.hidden = video === null;
    if (video === null) return;
    const { signal } = this.#listening;
    for (const type of ["play", "pause", "timeupdate", "seeked", "durationchange"]) {
      video.addEventListener(type, () => { this.#show(video); }, { signal });
    }
    this.#show(video);
  }

  /** How the video plays now; null: there is none. */
  get playback(): Playback | null {
    return this.#video && { at: this.#video.currentTime, paused: this.#video.paused };
  }

  /** Has the video, if there is one, go on as it was. */
  resume({ at, paused }: Playback): void {
    if (paused) this.#video?.pause();
    this.#seek(at);
  }

  #toggle(): void {
    if (this.#video?.paused === false) this.#video.pause();
    else this.#video?.play().catch(() => undefined);
  }

  #seek(seconds: number): void {
    const video = this.#video;
    if (video !== null) video.currentTime = Math.min(Math.max(seconds, 0), endOf(video));
  }

  /** As in the players that people know: space or K pauses, the arrows jump, "," and "." step through frames. */
  #onKey(event: KeyboardEvent): void {
    const video = this.#video;
    if (video === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const isButton = event.target instanceof HTMLButtonElement;
    const by = { ArrowLeft: -JUMP, ArrowRight: JUMP, ",": -FRAME, ".": FRAME }[event.key];
    if (event.key === "k" || (event.key === " " && !isButton)) this.#toggle();
    else if (by !== undefined) this.#seek(video.currentTime + by);
    else return;
    event.preventDefault();
  }

  #show(video: HTMLVideoElement): void {
    const end = endOf(video);
    this.#play.textContent = video.paused ? "Play" : "Pause";
    this.#position.max = String(end);
    this.#position.disabled = end === 0;
    this.#position.value = String(video.currentTime);
    const words = `${clock(video.currentTime)} of ${clock(end)}`;
    this.#position.setAttribute("aria-valuetext", words);
    this.#time.value = end === 0 ? clock(video.currentTime) : words.replace(" of ", " / ");
  }
}

/** Seconds at which the video ends; 0 where the file does not say (films that a browser has recorded). */
function endOf({ duration }: HTMLVideoElement): number {
  return Number.isFinite(duration) ? duration : 0;
}

/** "1:05". */
function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
