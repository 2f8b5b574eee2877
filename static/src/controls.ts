/** An app's controls as its manifest states them, and what each can show. The twin of pyweb_ml/graph/controls.py. */

import { AppError } from "./failure";
import { badControl, badManifest, noSuchControl } from "./messages";
import type { Control, Setting } from "./protocol";

/** The controls of a manifest; `address` is where it came from, for the error. A site of before them has none. */
export function readControls(manifest: unknown, address: string): Control[] {
  const controls = (manifest as { controls?: unknown } | null)?.controls ?? [];
  if (!Array.isArray(controls)) throw new AppError(badManifest(address, "no list of controls"));
  return controls.map((control: unknown, index) => {
    if (!isControl(control)) throw new AppError(badManifest(address, `control ${index} is none`));
    return control;
  });
}

function isControl(value: unknown): value is Control {
  if (typeof value !== "object" || value === null) return false;
  const control = value as Partial<Control>;
  const isNamed = typeof control.name === "string" && typeof control.label === "string";
  return isNamed && isWhole(control as Control) && wanted(control as Control, control.value) === null;
}

/** Whether what its kind needs is there. */
function isWhole(control: Control): boolean {
  if (control.kind === "slider") return [control.min, control.max, control.step].every(Number.isFinite);
  if (control.kind === "select") return Array.isArray(control.choices) && control.choices.every(isText);
  // A manifest may be of a newer version.
  return control.kind === "text" ? Number.isFinite(control.max_length) : (control.kind as string) === "checkbox";
}

/** What the control's value should be, where it is not; null if it can show `value`. */
function wanted(control: Control, value: unknown): string | null {
  if (control.kind === "slider") {
    const fits = typeof value === "number" && value >= control.min && value <= control.max;
    return fits ? null : `a number from ${control.min} to ${control.max}`;
  }
  if (control.kind === "checkbox") return typeof value === "boolean" ? null : "true or false";
  if (control.kind === "select") {
    return control.choices.includes(value as string) ? null : `one of ${quoted(control.choices)}`;
  }
  const fits = isText(value) && value.length <= control.max_length;
  return fits ? null : `a text of at most ${control.max_length} characters`;
}

/** The value that a text stands for, in an address or an attribute; still to be checked. */
export function readSetting(control: Control, text: string): unknown {
  if (control.kind === "slider") return text.trim() === "" || Number.isNaN(Number(text)) ? text : Number(text);
  if (control.kind === "checkbox") return text === "true" ? true : text === "false" ? false : text;
  return text;
}

/** The value, if the control of that name can show it; throws an {@link AppError} otherwise. */
export function checkSetting(controls: readonly Control[], name: string, value: unknown): Setting {
  const control = findControl(controls, name);
  const problem = wanted(control, value);
  if (problem !== null) throw new AppError(badControl(name, problem, value));
  return value as Setting;
}

export function findControl(controls: readonly Control[], name: string): Control {
  const control = controls.find((one) => one.name === name);
  if (control === undefined) throw new AppError(noSuchControl(name, quoted(controls.map((one) => one.name))));
  return control;
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
