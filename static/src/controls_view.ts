/** The controls as the visitor sees and moves them: native inputs, each with its label. */

import type { Control, ControlKind, Setting, Settings } from "./protocol";
import { trusted } from "./trusted";

export type OnSet = (name: string, value: Setting) => void;

/** What each kind of control is made of. A slider says its number itself, so the one beside it is only seen. */
const MARKUP_OF: Readonly<Record<ControlKind["kind"], string>> = {
  slider: `<label></label><input type="range"><output aria-hidden="true"></output>`,
  checkbox: `<input type="checkbox"><label></label>`,
  select: `<label></label><select></select>`,
  text: `<label></label><input type="text" autocomplete="off">`,
};

/** The controls in a place of the element's shadow tree. */
export class ControlsView {
  readonly #place: HTMLElement;
  readonly #set: OnSet;
  #controls: readonly Control[] = [];

  constructor(place: HTMLElement, set: OnSet) {
    this.#place = place;
    this.#set = set;
    // Only the element's own event tells the host page of a change; `input` would leave the shadow tree.
    place.addEventListener("input", (event) => { event.stopPropagation(); });
  }

  show(controls: readonly Control[], values: Settings): void {
    this.#controls = controls;
    this.#place.hidden = controls.length === 0;
    this.#place.replaceChildren(...controls.map((control) => this.#row(control)));
    this.update(values);
  }

  /** Moves the controls to these values. */
  update(values: Settings): void {
    this.#controls.forEach((control, index) => {
      move(this.#place.children[index]!, control, values[control.name] ?? control.value);
    });
  }

  #row(control: Control): HTMLElement {
    const row = document.createElement("div");
    row.className = `setting ${control.kind}`;
    const id = `setting-${control.name}`;
    row.innerHTML = trusted.createHTML(MARKUP_OF[control.kind]);
    const label = row.querySelector("label")!;
    label.textContent = control.label;
    label.htmlFor = id;
    const input = row.querySelector<HTMLInputElement | HTMLSelectElement>("input, select")!;
    input.id = id;
    prepare(input, control);
    input.addEventListener("input", () => {
      const value = valueOf(input, control);
      showNumber(row, value);
      this.#set(control.name, value);
    });
    return row;
  }
}

function prepare(input: HTMLInputElement | HTMLSelectElement, control: Control): void {
  if (control.kind === "select") {
    input.append(...control.choices.map((choice) => new Option(choice)));
  } else if (control.kind === "slider") {
    const { min, max, step } = control;
    Object.assign(input, { min: String(min), max: String(max), step: String(step) });
  } else if (control.kind === "text") {
    (input as HTMLInputElement).maxLength = control.max_length;
  }
}

function valueOf(input: HTMLInputElement | HTMLSelectElement, control: Control): Setting {
  if (control.kind === "slider") return (input as HTMLInputElement).valueAsNumber;
  return control.kind === "checkbox" ? (input as HTMLInputElement).checked : input.value;
}

function move(row: Element, control: Control, value: Setting): void {
  const input = row.querySelector<HTMLInputElement | HTMLSelectElement>("input, select")!;
  if (control.kind === "checkbox") (input as HTMLInputElement).checked = value === true;
  // Writing what it shows already would move a text's caret to its end.
  else if (input.value !== String(value)) input.value = String(value);
  showNumber(row, value);
}

/** A slider's number, which may lie between two of its handle's places. */
function showNumber(row: Element, value: Setting): void {
  const output = row.querySelector("output");
  if (output === null) return;
  output.value = String(value);
  row.querySelector("input")?.setAttribute("aria-valuetext", String(value));
}
