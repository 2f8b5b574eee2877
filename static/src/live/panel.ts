/** The panel below an app that is being developed: its graph, live. */

import { Numbers } from "./numbers";
import { Picture } from "./picture";
import { STYLE } from "./style";
import { NumbersTable } from "./table";
import type { ChromeTrace } from "../trace";
import type { ProfileListener } from "../profile_listeners";

/** Seconds that are recorded at a press of the button. */
const SECONDS = 5;

/** Under this name the browser's tab remembers, from one build to the next, whether the panel is open. */
const REMEMBERED = "pywebml-live-graph";

/** What the panel needs of the app's element. */
export interface Profiled {
  profile(listener: ProfileListener): () => void;
  trace(seconds: number): Promise<ChromeTrace>;
}

/** Gives the drawing of the graph, with some subgraphs closed. */
export type Draw = (closed: readonly string[]) => Promise<string>;

export class LivePanel {
  readonly element = document.createElement("section");
  readonly #details = document.createElement("details");
  readonly #bar = document.createElement("div");
  readonly #record = document.createElement("button");
  readonly #subgraphs = document.createElement("span");
  readonly #said = document.createElement("span");
  readonly #picture = new Picture((path) => { void this.#toggle(path); });
  readonly #table = new NumbersTable();
  readonly #closed = new Set<string>();
  readonly #app: Profiled;
  readonly #draw: Draw;
  #end: (() => void) | null = null;

  constructor(app: Profiled, draw: Draw) {
    this.#app = app;
    this.#draw = draw;
    const root = this.element.attachShadow({ mode: "open" });
    const own = new CSSStyleSheet();
    own.replaceSync(STYLE);
    root.adoptedStyleSheets = [this.#picture.style, own];
    this.#build();
    root.append(this.#details);
  }

  #build(): void {
    const summary = document.createElement("summary");
    summary.textContent = "Graph, live";
    this.#record.type = "button";
    this.#record.textContent = "Record trace";
    this.#record.addEventListener("click", () => { void this.#recordTrace(); });
    this.#said.setAttribute("role", "status");
    this.#subgraphs.className = "bar";
    this.#bar.className = "bar";
    this.#bar.append(this.#record, this.#subgraphs, this.#said);
    this.#details.append(summary, this.#bar, this.#picture.element, this.#table.element);
    this.#details.addEventListener("toggle", () => {
      sessionStorage.setItem(REMEMBERED, this.#details.open ? "open" : "");
      if (this.#details.open) void this.#open();
      else this.#close();
    });
    this.#details.open = sessionStorage.getItem(REMEMBERED) === "open";
  }

  async #open(): Promise<void> {
    const numbers = new Numbers();
    this.#end?.();
    this.#end = this.#app.profile((report) => {
      numbers.add(report, performance.now() * 1000);
      const rows = numbers.rows();
      this.#picture.fill(rows);
      this.#table.fill(rows, numbers.droppedFrames);
    });
    await this.#redraw();
  }

  /** Nothing is measured any more. */
  #close(): void {
    this.#end?.();
    this.#end = null;
  }

  async #toggle(path: string): Promise<void> {
    if (!this.#closed.delete(path)) this.#closed.add(path);
    await this.#redraw();
  }

  async #redraw(): Promise<void> {
    try {
      this.#picture.show(await this.#draw([...this.#closed]));
      this.#say("");
    } catch (error) {
      this.#say(`The graph cannot be drawn: ${error instanceof Error ? error.message : String(error)}`, true);
    }
    this.#subgraphs.replaceChildren(...this.#picture.subgraphs.map((one) => this.#button(one)));
  }

  #button({ path, name, isOpen }: { path: string; name: string; isOpen: boolean }): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${isOpen ? "Close" : "Open"} ${name}`;
    button.addEventListener("click", () => { void this.#toggle(path); });
    return button;
  }

  async #recordTrace(): Promise<void> {
    this.#record.disabled = true;
    this.#say(`Recording ${SECONDS} seconds …`);
    try {
      save(await this.#app.trace(SECONDS));
      this.#say("Saved trace.json. ", false, link("https://ui.perfetto.dev/", "Open it in Perfetto"));
    } catch (error) {
      this.#say(error instanceof Error ? error.message : String(error), true);
    } finally {
      this.#record.disabled = false;
    }
  }

  #say(text: string, isFailure = false, ...more: Node[]): void {
    this.#said.classList.toggle("failed", isFailure);
    this.#said.replaceChildren(text, ...more);
  }
}

function link(href: string, text: string): HTMLAnchorElement {
  return Object.assign(document.createElement("a"), { href, textContent: text, target: "_blank", rel: "noreferrer" });
}

function save(trace: ChromeTrace): void {
  const href = URL.createObjectURL(new Blob([JSON.stringify(trace)], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href, download: "trace.json" }).click();
  // The download has begun with the click; a moment later its bytes are held by the browser.
  setTimeout(() => { URL.revokeObjectURL(href); }, 10_000);
}
