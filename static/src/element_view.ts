/** What the visitor sees and presses: the element's shadow tree. Knows no worker and no source. */

import { ControlsView, type OnSet } from "./controls_view";
import { MARKUP } from "./element_markup";
import { STYLE } from "./element_style";
import { showClasses } from "./class_view";
import { showDetections } from "./detections_view";
import { showFacts } from "./facts_view";
import { showFailure, type Remedy } from "./failure_view";
import type { Failure, Value } from "./protocol";
import type { Sample } from "./samples";
import { sampleButton } from "./sample_view";
import type { Activity } from "./session_events";
import type { Choice } from "./source";
import { TRANSPORT_STYLE, TransportView } from "./transport_view";
import { trusted } from "./trusted";
import { valuesText } from "./value_text";

export interface ViewHandlers extends SettingsHandlers {
  choose(choice: Choice): void;
  /** Several files, or a folder of them. */
  chooseFiles(files: readonly File[]): void;
  /** The video that is shown, into a new file. */
  export(): void;
  /** Start, or stop. */
  toggle(): void;
  /** What has failed is tried again; what was only refused is no longer shown. */
  retry(): void;
}

export interface SettingsHandlers {
  set: OnSet;
  /** The shown picture as a file. */
  save(): void;
  /** Begins a recording of what is shown, or ends it. */
  record(): void;
  /** The controls as they were at first. */
  reset(): void;
  /** The address that restores them. */
  link(): void;
}

/** How far loading is, in 0..1; null where that is not known. */
export interface Progress {
  part: number | null;
  text: string;
}

export class ElementView {
  readonly #root: ShadowRoot;
  readonly #handlers: ViewHandlers;
  readonly controls: ControlsView;
  readonly transport: TransportView;
  #said = "";

  constructor(root: ShadowRoot, handlers: ViewHandlers) {
    this.#root = root;
    this.#handlers = handlers;
    root.innerHTML = trusted.createHTML(MARKUP);
    dropText(root);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE + TRANSPORT_STYLE);
    root.adoptedStyleSheets = [sheet];
    this.controls = new ControlsView(this.#one(".settings"), handlers.set);
    this.transport = new TransportView(this.#one(".transport"), handlers);
    this.#wire();
  }

  /** A canvas that no worker has had yet, in place of the one before. */
  freshCanvas(): OffscreenCanvas {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", "The processed picture");
    canvas.hidden = true;
    this.#root.querySelector("canvas")?.remove();
    this.#one(".stage").prepend(canvas);
    this.#one(".poster").hidden = false;
    this.#button("save").disabled = true;
    return canvas.transferControlToOffscreen();
  }

  /** Something has been drawn. */
  showPicture(): void {
    const canvas = this.#root.querySelector("canvas");
    if (canvas !== null) canvas.hidden = false;
    this.#one(".poster").hidden = true;
    this.#button("save").disabled = false;
  }

  /** The canvas, once something has been drawn. */
  get picture(): HTMLCanvasElement | null {
    const canvas = this.#root.querySelector("canvas");
    return canvas?.hidden === false ? canvas : null;
  }

  /** Whether the app has controls, whose settings can be linked to and reset. */
  showSettings(has: boolean): void {
    this.#button("link").hidden = this.#button("reset").hidden = !has;
  }

  showRecording(runs: boolean): void {
    const button = this.#button("record");
    // Its words say it; as a pressed button, too, it would be said twice.
    button.classList.toggle("on", runs);
    button.textContent = runs ? "Stop recording" : "Record";
  }

  /** What the app takes: the sources that can give it are offered. */
  showInput(input: "image" | "sound"): void {
    const isSound = input === "sound";
    for (const name of ["camera", "image", "video", "folder"]) this.#one(`[data-pick=${name}]`).hidden = isSound;
    this.#one("[data-pick=screen]").hidden = isSound || !canShareScreen();
    for (const name of ["microphone", "sound"]) this.#one(`[data-pick=${name}]`).hidden = !isSound;
    this.#one(".sound").hidden = !isSound;
    this.#one(".stage").hidden = isSound;
    // There is no picture to save.
    for (const name of ["save", "record"]) this.#one(`[data-do=${name}]`).hidden = isSound;
  }

  /** The largest sample, 0..1. */
  showLevel(peak: number): void {
    this.#one<HTMLMeterElement>(".level").value = peak;
  }

  showControls(shown: boolean): void {
    this.#one(".controls").hidden = !shown;
    for (const one of this.#root.querySelectorAll<HTMLElement>(".invitation")) one.hidden = !shown;
  }

  /** `sentence` is read out when it changes; `amount` and `next` go on from it, and are only seen. */
  showStatus(sentence: string, amount = "", next = ""): void {
    // Writing the same words again would have some screen readers say them again.
    if (sentence !== this.#said) this.#one(".words [role=status]").textContent = sentence;
    this.#said = sentence;
    this.#one(".amount").textContent = amount;
    this.#one(".next").textContent = next;
  }

  showProgress(progress: Progress | null): void {
    const bar = this.#one(".bar");
    bar.classList.toggle("off", progress === null);
    bar.classList.toggle("unknown", progress !== null && progress.part === null);
    bar.removeAttribute("aria-valuenow");
    // As the style has it while the length is not known.
    this.#one(".bar div").style.translate = "";
    if (progress === null) return;
    bar.setAttribute("aria-valuetext", progress.text);
    if (progress.part === null) return;
    const percent = Math.round(Math.min(Math.max(progress.part, 0), 1) * 100);
    bar.setAttribute("aria-valuenow", percent.toString());
    this.#one(".bar div").style.translate = `${percent - 100}% 0`;
  }

  showActivity(activity: Activity, canStart: boolean): void {
    const main = this.#one<HTMLButtonElement>("button.main");
    const busy = activity !== "idle" && activity !== "shown";
    main.textContent = busy ? "Stop" : "Start";
    main.disabled = !busy && !canStart;
    this.#button("record").disabled = activity !== "running";
    this.#one(".sound .invitation").style.visibility = busy ? "hidden" : "";
    if (!busy) this.showLevel(0);
  }

  /** `title` says more of them to whoever points at them. */
  showNumbers(text: string, title: string): void {
    const numbers = this.#one(".numbers");
    numbers.textContent = text;
    numbers.title = title;
  }

  showDropping(over: boolean): void {
    this.#one(".stage").classList.toggle("dropping", over);
  }

  showNotice(notice: string): void {
    const line = this.#one(".notice");
    line.textContent = notice;
    line.hidden = notice === "";
  }

  /** `remedy`: what the visitor is offered below it. */
  showFailure(failure: Failure | null, remedy: Remedy = "Try again"): void {
    showFailure(this.#one(".error"), failure, remedy, () => {
      this.#handlers.retry();
    });
  }

  showValues(values: Readonly<Record<string, Value>>): void {
    showFacts(this.#one(".facts"), values);
    showClasses(this.#one(".classes"), values);
    const detections = this.#one(".detections");
    showDetections(detections, values);
    const text = valuesText(values);
    this.#one(".values").hidden = text === "" && detections.hidden;
    this.#one(".values pre").hidden = text === "";
    this.#one(".values pre").textContent = text;
  }

  showSamples(samples: readonly Sample[]): void {
    const row = this.#one(".samples");
    row.classList.toggle("none", samples.length === 0);
    row.replaceChildren(
      ...samples.map((sample) =>
        sampleButton(sample, () => {
          this.#handlers.choose({ kind: "address", address: sample.address });
        }),
      ),
    );
  }

  #wire(): void {
    this.#one("button.main").addEventListener("click", () => {
      this.#handlers.toggle();
    });
    this.#pick("camera", () => { this.#handlers.choose({ kind: "camera" }); });
    this.#pick("screen", () => { this.#handlers.choose({ kind: "screen" }); });
    this.#pick("image", () => { this.#browse("image/*"); });
    this.#pick("video", () => { this.#browse("video/*"); });
    this.#pick("folder", () => { this.#browse(""); });
    this.#pick("microphone", () => { this.#handlers.choose({ kind: "microphone" }); });
    this.#pick("sound", () => { this.#browse("audio/*,video/*"); });
    for (const action of ["save", "record", "link", "reset"] as const) {
      this.#button(action).addEventListener("click", () => { this.#handlers[action](); });
    }
    this.#one("[data-pick=screen]").hidden = !canShareScreen();
    this.showControls(false);
  }

  #pick(name: string, action: () => void): void {
    this.#one(`[data-pick=${name}]`).addEventListener("click", action);
  }

  /** The browser's own file dialog, for a folder where no kind is asked for; an input of its own each time, so that the same file can be chosen again. */
  #browse(accept: string): void {
    const input = document.createElement("input");
    input.type = "file";
    input.accept = accept;
    input.multiple = accept === "image/*";
    input.webkitdirectory = accept === "";
    input.addEventListener("change", () => {
      const files = [...(input.files ?? [])];
      const [file] = files;
      if (input.webkitdirectory || files.length > 1) this.#handlers.chooseFiles(files);
      else if (file !== undefined) this.#handlers.choose({ kind: "file", file, name: file.name });
    });
    input.click();
  }

  #button(action: "save" | "record" | "link" | "reset"): HTMLButtonElement {
    return this.#one<HTMLButtonElement>(`[data-do=${action}]`);
  }

  #one<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.#root.querySelector<T>(selector)!;
  }
}

/** White space beside elements would be lines of their own where the page keeps it, as in `white-space: pre-wrap`. */
function dropText(root: ShadowRoot): void {
  for (const node of [...root.childNodes]) if (node instanceof Text) node.remove();
}

/** Phones have no getDisplayMedia, and nothing has it on a page that is not secure. */
function canShareScreen(): boolean {
  return "mediaDevices" in navigator && "getDisplayMedia" in navigator.mediaDevices;
}
