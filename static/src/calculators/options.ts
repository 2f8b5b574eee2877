/** Reads a calculator's options out of the config: each is checked, and none is passed over. */

import type { Options } from "../graph/calculator";

export class OptionReader {
  private readonly read = new Set(["@type"]);

  /** `calculator` is what errors call it. */
  constructor(
    private readonly calculator: string,
    private readonly options: Options,
  ) {}

  number(name: string, otherwise?: number): number {
    const value = this.value(name, otherwise);
    return typeof value === "number" && Number.isFinite(value) ? value : this.refuse(name, "a number", value);
  }

  /** A number that may be left out. */
  maybeNumber(name: string): number | undefined {
    this.read.add(name);
    return this.options[name] === undefined ? undefined : this.number(name);
  }

  integer(name: string, otherwise?: number): number {
    const value = this.number(name, otherwise);
    return Number.isInteger(value) ? value : this.refuse(name, "a whole number", value);
  }

  /** A whole number of at least 1. */
  count(name: string, otherwise?: number): number {
    const value = this.integer(name, otherwise);
    return value > 0 ? value : this.refuse(name, "positive", value);
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.value(name, otherwise);
    return typeof value === "boolean" ? value : this.refuse(name, "true or false", value);
  }

  text(name: string, otherwise: string): string {
    const value = this.value(name, otherwise);
    return typeof value === "string" ? value : this.refuse(name, "a string", value);
  }

  oneOf<const T extends string>(name: string, choices: readonly T[], otherwise: T): T {
    const value = this.value(name, otherwise);
    const found = choices.find((choice) => choice === value);
    return found ?? this.refuse(name, `one of ${choices.join(", ")}`, value);
  }

  numbers(name: string): number[] {
    const value = this.value(name, []);
    const fits = Array.isArray(value) && value.every((one) => typeof one === "number" && Number.isFinite(one));
    return fits ? (value as number[]) : this.refuse(name, "a list of numbers", value);
  }

  texts(name: string): string[] {
    const value = this.value(name, []);
    const fits = Array.isArray(value) && value.every((one) => typeof one === "string");
    return fits ? value : this.refuse(name, "a list of strings", value);
  }

  /** A message; an empty one where it is left out. */
  message(name: string): Options {
    const value = this.value(name, {});
    return typeof value === "object" && value !== null ? (value as Options) : this.refuse(name, "a message", value);
  }

  /** A list of messages. */
  messages(name: string): Options[] {
    const value = this.value(name, []);
    const fits = Array.isArray(value) && value.every((one) => typeof one === "object" && one !== null);
    return fits ? (value as Options[]) : this.refuse(name, "a list of messages", value);
  }

  /** The fields of a message of numbers, such as a colour's. */
  fields<const K extends string>(name: string, otherwise: Readonly<Record<K, number>>): Record<K, number> {
    const value = this.value(name, otherwise);
    if (typeof value !== "object" || value === null) return this.refuse(name, "a message", value);
    const inner = new OptionReader(`${this.calculator}'s '${name}'`, value as Options);
    const found = Object.entries(otherwise).map(([key, number]) => [key, inner.number(key, number as number)]);
    inner.done();
    return Object.fromEntries(found) as Record<K, number>;
  }

  /** Refuses options that nobody has asked for. */
  done(): void {
    const unknown = Object.keys(this.options).find((name) => !this.read.has(name));
    if (unknown === undefined) return;
    const known = [...this.read].slice(1).join(", ");
    throw new Error(`${this.calculator} has no option '${unknown}'; it has ${known}`);
  }

  private value(name: string, otherwise: unknown): unknown {
    this.read.add(name);
    return this.options[name] ?? otherwise;
  }

  private refuse(name: string, wanted: string, value: unknown): never {
    const given = value === undefined ? "left out" : JSON.stringify(value);
    throw new Error(`${this.calculator}: the option '${name}' must be ${wanted}, not ${given}`);
  }
}
