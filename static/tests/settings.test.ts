/** What controls may show, and what becomes of values that are given before and after they are known. */

import { describe, expect, it } from "vitest";
import { readControls } from "../src/controls";
import { givenSettings } from "../src/page_settings";
import type { Control } from "../src/protocol";
import { ControlSettings } from "../src/settings";

const CONTROLS: Control[] = [
  { name: "strength", label: "Strength", kind: "slider", value: 8, min: 0, max: 20, step: 0.1 },
  { name: "fast", label: "Fast", kind: "checkbox", value: false },
  { name: "shape", label: "Shape", kind: "select", value: "round", choices: ["round", "square"] },
  { name: "words", label: "Words", kind: "text", value: "hello", max_length: 5 },
];
const FIRST = { strength: 8, fast: false, shape: "round", words: "hello" };

function known(): ControlSettings {
  const settings = new ControlSettings();
  settings.meet(CONTROLS);
  return settings;
}

describe("settings", () => {
  it("are what the controls show at first, until something is set", () => {
    const settings = known();
    expect(settings.values).toEqual(FIRST);
    settings.set({ strength: 4.05, fast: true });
    expect(settings.values).toEqual({ ...FIRST, strength: 4.05, fast: true });
    settings.reset();
    expect(settings.values).toEqual(FIRST);
  });

  it.each([
    [{ strength: 21 }, "The control 'strength' must be a number from 0 to 20, not 21."],
    [{ strength: NaN }, "The control 'strength' must be a number from 0 to 20, not NaN."],
    [{ strength: "4" }, "The control 'strength' must be a number from 0 to 20, not '4'."],
    [{ fast: 1 }, "The control 'fast' must be true or false, not 1."],
    [{ shape: "oval" }, "The control 'shape' must be one of 'round', 'square', not 'oval'."],
    [{ words: "longer" }, "The control 'words' must be a text of at most 5 characters, not 'longer'."],
    [{ strenght: 4 }, "There is no control 'strenght'; the app has 'strength', 'fast', 'shape', 'words'."],
    [null, "'values' was given 'null'; give an object, such as {strength: 4}."],
    [[4], "'values' was given '4'; give an object, such as {strength: 4}."],
  ])("refuse %j with the reason, and none of what is set beside it is lost or taken", (given, reason) => {
    const settings = known();
    settings.set({ words: "kept" });
    expect(() => { settings.set(Array.isArray(given) ? given : given && { fast: true, ...given }); }).toThrow(reason);
    expect(settings.values).toEqual({ ...FIRST, words: "kept" });
  });

  it("are read from a query, whose values are checked by the kind of their control", () => {
    const settings = known();
    expect(settings.read("strength=2.5&fast=true&shape=square&words=a%20b")).toEqual([]);
    expect(settings.values).toEqual({ strength: 2.5, fast: true, shape: "square", words: "a b" });
    const failures = settings.read("strength=much&fast=yes&speed=1");
    expect(failures.map(({ name, message }) => [name, message.split(";")[0]])).toEqual([
      ["ControlError", "The control 'strength' must be a number from 0 to 20, not 'much'."],
      ["ControlError", "The control 'fast' must be true or false, not 'yes'."],
      ["ControlError", "There is no control 'speed'"],
    ]);
  });

  it("that are given before the controls are known are checked when they are", () => {
    const settings = new ControlSettings();
    settings.read("strength=99&shape=square");
    settings.set({ fast: true });
    expect(settings.values).toEqual({ fast: true });
    expect(settings.meet(CONTROLS).map(({ message }) => message)).toEqual([
      "The control 'strength' must be a number from 0 to 20, not 99.",
    ]);
    expect(settings.values).toEqual({ ...FIRST, fast: true, shape: "square" });
  });

  it("that were given at some time can be had later, when the controls are known", () => {
    const settings = new ControlSettings();
    settings.set({ strength: 1 });
    const { given } = settings;
    settings.set({ strength: 2 });
    settings.meet(CONTROLS);
    expect(settings.at(given)["strength"]).toBe(1);
    expect(settings.values["strength"]).toBe(2);
  });

  it("are restored by their query, which names only what has been changed", () => {
    const settings = known();
    settings.set({ strength: 0.1, words: "a&b=", fast: true });
    const query = settings.query.toString();
    expect(query).toBe("strength=0.1&fast=true&words=a%26b%3D");
    const other = known();
    expect(other.read(query)).toEqual([]);
    expect(other.values).toEqual(settings.values);
  });
});

describe("a manifest's controls", () => {
  it("may be absent, as from a site of before there were any", () => {
    expect(readControls({ format: 1 }, "m")).toEqual([]);
  });

  it.each([
    [{}, "no list of controls"],
    [[{ ...CONTROLS[0], value: 21 }], "control 0 is none"],
    [[{ ...CONTROLS[0], step: "x" }], "control 0 is none"],
    [[CONTROLS[1], { ...CONTROLS[2], choices: "round" }], "control 1 is none"],
    [[{ ...CONTROLS[1], kind: "dial" }], "control 0 is none"],
    [[{ ...CONTROLS[1], name: 7 }], "control 0 is none"],
    [[null], "control 0 is none"],
  ])("are not %j", (controls, reason) => {
    expect(() => readControls({ controls }, "m")).toThrow(`'m' is no manifest of a built app (${reason})`);
  });
});

it("what an address names beside the controls is no mistake, as sites append names of their own", () => {
  for (const settings of [new ControlSettings(), known()]) {
    expect(settings.read("ref=news&strength=4&utm_source=x", true)).toEqual([]);
    expect(settings.meet(CONTROLS)).toEqual([]);
    expect(settings.values).toEqual({ ...FIRST, strength: 4 });
    expect(settings.read("strength=99", true)).toHaveLength(1);
  }
});

it("the page's own parameters are no settings", () => {
  const parameters = new URLSearchParams("backend=litert-wasm&strength=4&fresh");
  expect(givenSettings(parameters)).toBe("strength=4");
  expect(givenSettings(new URLSearchParams("backend=auto"))).toBeNull();
});
