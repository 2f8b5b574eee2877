import { describe, expect, it } from "vitest";
import { nextSteps, readSteps } from "../src/upcoming";

const MODEL = { models: { "face.tflite": {} }, python: null };
const PYTHON = { ...MODEL, python: { packages: [{ name: "numpy" }], snapshot: null } };

describe("what is next while an app loads", () => {
  it("is the model, then Python and its packages", () => {
    const steps = readSteps(PYTHON);
    expect(nextSteps(steps, "engine")).toBe(", then the model, Python and numpy");
    expect(nextSteps(steps, "model")).toBe(", then Python and numpy");
    expect(nextSteps(steps, "python")).toBe(", then numpy");
    expect(nextSteps(steps, "packages")).toBe("");
  });

  it("is no Python where the graph has none", () => {
    expect(nextSteps(readSteps(MODEL), "engine")).toBe(", then the model");
    expect(nextSteps(readSteps(MODEL), "model")).toBe("");
  });

  it("is nothing after Python where the packages come in its snapshot", () => {
    const steps = readSteps({ ...PYTHON, python: { ...PYTHON.python, snapshot: {} } });
    expect(nextSteps(steps, "model")).toBe(", then Python and numpy");
    expect(nextSteps(steps, "python")).toBe("");
  });

  it("gives the number of many packages", () => {
    const packages = ["numpy", "pillow", "scipy"].map((name) => ({ name }));
    const steps = readSteps({ models: { a: {}, b: {} }, python: { packages } });
    expect(nextSteps(steps, "site")).toBe(", then the models, Python and 3 packages");
  });

  it.each([{}, { models: 3, python: "yes" }, { python: {} }, { python: { packages: [null] } }])("never fails on %j", (manifest) => {
    expect(typeof nextSteps(readSteps(manifest), "site")).toBe("string");
  });
});
