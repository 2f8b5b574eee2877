/** What an app's controls show: set by the visitor, a script, an attribute or an address; checked, then kept. */

import { checkSetting, findControl, readSetting } from "./controls";
import { AppError, toFailure } from "./failure";
import { notSettings } from "./messages";
import type { Control, Failure, Setting, Settings } from "./protocol";

/** Values as they were given, by the names of controls; texts come from an attribute or an address. */
type Given = Readonly<Record<string, { value: unknown } | { text: string; mayBeOther: boolean }>>;

export class ControlSettings {
  #controls: readonly Control[] | null = null;
  /** Before the controls are known what was given for them, unchecked; then only what they can show. */
  #given: Given = {};

  /** Null until the site's manifest has come. */
  get controls(): readonly Control[] | null {
    return this.#controls;
  }

  /** Whether anything was given. */
  get isTouched(): boolean {
    return Object.keys(this.#given).length > 0;
  }

  /** What each control shows; before they are known, what a script has given. */
  get values(): Settings {
    return this.at(this.#given);
  }

  /** What was given so far, for {@link at}. */
  get given(): Given {
    return this.#given;
  }

  /** What each control shows with what was given at some time; what it cannot show is left out. */
  at(given: Given): Settings {
    const first = (this.#controls ?? []).map(({ name, value }) => [name, value] as const);
    const set = Object.entries(given).flatMap(([name, one]) => {
      const value = this.#controls === null ? plain(one) : this.#tried(name, one, () => undefined);
      return value === undefined ? [] : [[name, value] as const];
    });
    return Object.fromEntries([...first, ...set]);
  }

  /** Sets some of them, all or none; throws an {@link AppError} for the first that is wrong. */
  set(values: unknown): void {
    if (!isRecord(values)) throw new AppError(notSettings(values));
    const given = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));
    if (this.#controls !== null) for (const [name, one] of Object.entries(given)) this.#check(name, one);
    this.#given = { ...this.#given, ...given };
  }

  /**
   * As {@link set}, of a query such as "strength=4&fast=true"; what is wrong is left out, and told, but for names of no
   * control where the query may hold others.
   */
  read(query: string, mayBeOther = false): Failure[] {
    const texts = [...new URLSearchParams(query)].map(([name, text]) => [name, { text, mayBeOther }] as const);
    this.#given = { ...this.#given, ...Object.fromEntries(texts) };
    return this.#controls === null ? [] : this.#sift();
  }

  /** The controls are known: gives what is wrong with what was given for them, which is then left out. */
  meet(controls: readonly Control[]): Failure[] {
    this.#controls = controls;
    return this.#sift();
  }

  /** Another site: its controls are not known. */
  forget(): void {
    this.#controls = null;
  }

  /** As they are at first. */
  reset(): void {
    this.#given = {};
  }

  /** What restores the values, as a query: those that are not as they are at first. */
  get query(): URLSearchParams {
    const { values } = this;
    const changed = (this.#controls ?? []).filter(({ name, value }) => values[name] !== value);
    return new URLSearchParams(changed.map(({ name }) => [name, String(values[name])]));
  }

  #sift(): Failure[] {
    const failures: Failure[] = [];
    const entries = Object.entries(this.#given).flatMap(([name, one]) => {
      const value = this.#tried(name, one, (failure) => failures.push(failure));
      return value === undefined ? [] : [[name, { value }] as const];
    });
    this.#given = Object.fromEntries(entries);
    return failures;
  }

  #tried(name: string, one: Given[string], tell: (failure: Failure) => void): Setting | undefined {
    try {
      return this.#isOther(name, one) ? undefined : this.#check(name, one);
    } catch (error) {
      tell(toFailure(error));
      return undefined;
    }
  }

  #isOther(name: string, one: Given[string]): boolean {
    return "text" in one && one.mayBeOther && !(this.#controls ?? []).some((control) => control.name === name);
  }

  #check(name: string, one: Given[string]): Setting {
    const controls = this.#controls ?? [];
    const control = findControl(controls, name);
    return checkSetting(controls, name, "text" in one ? readSetting(control, one.text) : one.value);
  }
}

function plain(one: Given[string]): Setting | undefined {
  return "text" in one ? undefined : (one.value as Setting);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
