/** The element's controls: what they show, on the page and for the graph. Knows no session. */

import type { ControlsView } from "./controls_view";
import type { Control, Failure, Setting, Settings } from "./protocol";
import { ControlSettings } from "./settings";

export interface ControlEvents {
  /** The site's controls are wanted; settles when {@link ElementControls.meet} has been given them, or cannot be. */
  wanted(): Promise<unknown>;
  /** They show something else, whoever set it. */
  changed(): void;
  /** The visitor has set one. */
  moved(): void;
  failed(failure: Failure): void;
}

export class ElementControls {
  readonly #settings = new ControlSettings();
  readonly #view: ControlsView;
  readonly #events: ControlEvents;

  constructor(view: ControlsView, events: ControlEvents) {
    this.#view = view;
    this.#events = events;
  }

  get values(): Settings {
    return this.#settings.values;
  }

  /** Throws an {@link AppError} where one of them is wrong; then none is set. */
  set values(values: Settings) {
    this.#settings.set(values);
    this.#refresh();
  }

  /** What they show now; a promise where it must be checked first. */
  get settled(): Settings | Promise<Settings> {
    const settings = this.#settings;
    if (settings.controls !== null) return settings.values;
    return settings.isTouched ? this.#settle() : {};
  }

  /** The visitor has moved one. */
  move(name: string, value: Setting): void {
    this.#settings.set({ [name]: value });
    this.#events.changed();
    this.#events.moved();
  }

  /** The attribute `values`; `mayNameOthers`: what it names beside the controls is no mistake. */
  read(query: string, mayNameOthers = false): void {
    this.#tell(this.#settings.read(query, mayNameOthers));
    this.#refresh();
  }

  /** The visitor wants them as they were at first. */
  reset(): void {
    this.#settings.reset();
    this.#refresh();
    this.#events.moved();
  }

  /** The site's controls have come. */
  meet(controls: readonly Control[]): void {
    this.#tell(this.#settings.meet(controls));
    this.#view.show(controls, this.values);
  }

  /** There will be another site. */
  forget(): void {
    this.#settings.forget();
    this.#view.show([], {});
  }

  /** An address that opens the site with the controls as they are: the page's own, if it shows nothing else. */
  link(base: URL): URL {
    const own = new URL(document.location.href);
    const site = new URL(base);
    // A link leads to the newest build, whichever this page is of.
    site.searchParams.delete("build");
    const link = new URL(".", own).href === new URL(".", base).href ? own : site;
    for (const { name } of this.#settings.controls ?? []) link.searchParams.delete(name);
    for (const [name, text] of this.#settings.query) link.searchParams.set(name, text);
    return link;
  }

  async #settle(): Promise<Settings> {
    const { given } = this.#settings;
    // What is wrong with the site is reported by those who load it.
    await this.#events.wanted().catch(() => undefined);
    return this.#settings.at(given);
  }

  #refresh(): void {
    this.#view.update(this.values);
    this.#events.changed();
  }

  #tell(failures: readonly Failure[]): void {
    for (const failure of failures) this.#events.failed(failure);
  }
}
