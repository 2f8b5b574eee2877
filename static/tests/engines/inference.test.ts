import { describe, expect, it } from "vitest";

import { Candidate } from "../../src/engines/candidate";
import { InputError, RefusedModel } from "../../src/engines/engine";
import { Inference } from "../../src/engines/inference";
import { LoadError } from "../../src/loading";
import type { Backends } from "../../src/protocol";
import type { Behaviour } from "./fakes";
import { FakeStarter, OUTPUT } from "./fakes";

const WASM = "litert-wasm";
const WEBGL = "tfjs-webgl";
const WEBGPU = "litert-webgpu";

function begin(behaviours: Record<string, Behaviour>): { inference: Inference; fake: FakeStarter; told: Backends[] } {
  const fake = new FakeStarter(behaviours);
  const told: Backends[] = [];
  const candidates = Object.keys(behaviours).map((name) => new Candidate(name as typeof WASM, 0));
  const inference = new Inference(candidates, fake.starter, (backends) => told.push(structuredClone(backends)));
  return { inference, fake, told };
}

/** Throws on the run of this number, from 1 on. */
function throwsOn(...runs: number[]): Behaviour {
  let count = 0;
  return { run: () => (runs.includes(++count) ? Promise.reject(new Error("aborted")) : Promise.resolve([OUTPUT])) };
}

describe("inference", () => {
  it("begins with the first backend that can be had, and says what kept the others", async () => {
    const { inference, told } = begin({ [WEBGPU]: { refusal: new Error("this browser has no WebGPU") }, [WASM]: {} });
    await inference.begin();
    expect(told.at(-1)).toMatchObject({ backend: WASM, reason: "the first that can be had here", events: [] });
    expect(told.at(-1)!.backends[0]).toMatchObject({ state: "excluded", reason: "this browser has no WebGPU" });
  });

  it("has a GPU prove itself before it begins", async () => {
    const { inference, fake } = begin({ [WEBGL]: { lie: "it holds NaN" }, [WASM]: {} });
    await inference.begin();
    expect(inference.chosen.backend).toBe(WASM);
    expect([...fake.open]).toEqual([WASM]);
  });

  it("rejects with every backend's reason where none can be had", async () => {
    const { inference } = begin({ [WEBGPU]: { refusal: new Error("no WebGPU") }, [WEBGL]: { lie: "it lies" } });
    const message = "No backend can run this app here. litert-webgpu: no WebGPU; tfjs-webgl: it lies.";
    await expect(inference.begin()).rejects.toMatchObject({ name: "UnsupportedError", message });
  });

  it("says that it is the model where an engine does not know it", async () => {
    const { inference } = begin({ [WASM]: { refusal: new RefusedModel("unknown op FOO") } });
    await expect(inference.begin()).rejects.toMatchObject({ name: "ModelError" });
  });

  it("answers the run in which a backend fails with another one", async () => {
    const { inference, fake, told } = begin({ [WASM]: throwsOn(2), [WEBGL]: {} });
    await inference.begin();
    await inference.run("m", []);
    expect(await inference.run("m", [])).toEqual([OUTPUT]);
    expect(told.at(-1)).toMatchObject({
      backend: WEBGL,
      reason: "in place of litert-wasm, which failed",
      events: ["litert-wasm failed: aborted", "tfjs-webgl took over"],
    });
    expect([...fake.open]).toEqual([WEBGL]);
    expect(fake.distrusted).toEqual([WASM]);
  });

  it("does not come back to one whose engine refuses the model in its first run", async () => {
    const refuses: Behaviour = { run: () => Promise.reject(new RefusedModel("unknown op FOO")) };
    const { inference, fake } = begin({ [WASM]: refuses, [WEBGL]: throwsOn(2, 3) });
    await inference.begin();
    expect(await inference.run("m", [])).toEqual([OUTPUT]);
    expect(inference.candidates[0]).toMatchObject({ state: "excluded", reason: "unknown op FOO" });
    await inference.run("m", []).catch(() => undefined);
    expect(fake.started).toEqual([WASM, WEBGL, WEBGL]);
  });

  it("starts the only backend anew, once", async () => {
    const { inference, fake } = begin({ [WASM]: throwsOn(1, 3) });
    await inference.begin();
    expect(await inference.run("m", [])).toEqual([OUTPUT]);
    await expect(inference.run("m", [])).rejects.toThrow("No backend can run this app here. litert-wasm: aborted.");
    expect(fake.started).toEqual([WASM, WASM]);
    expect(fake.open.size).toBe(0);
  });

  it("tells at the start that a file is missing, and later goes on without the backend that needs it", async () => {
    const refusal = new LoadError("'model.json' could not be fetched", "model");
    await expect(begin({ [WEBGL]: { refusal }, [WASM]: {} }).inference.begin()).rejects.toBe(refusal);
    const { inference } = begin({ [WASM]: throwsOn(1), [WEBGL]: { refusal }, [WEBGPU]: {} });
    await inference.begin();
    expect(await inference.run("m", [])).toEqual([OUTPUT]);
    expect(inference.chosen.backend).toBe(WEBGPU);
  });

  it("prefers the faster of those that were measured", async () => {
    const { inference } = begin({ [WASM]: throwsOn(1), [WEBGPU]: {}, [WEBGL]: {} });
    inference.candidates[1]!.milliseconds = 5;
    inference.candidates[2]!.milliseconds = 3;
    await inference.begin();
    await inference.run("m", []);
    expect(inference.chosen.backend).toBe(WEBGL);
  });

  it("takes tensors that do not fit for the graph's mistake", async () => {
    const { inference } = begin({ [WASM]: { run: () => Promise.reject(new InputError("2 tensors")) }, [WEBGL]: {} });
    await inference.begin();
    await expect(inference.run("m", [])).rejects.toThrow("2 tensors");
    expect(inference.chosen.backend).toBe(WASM);
  });

  it("replaces a backend that is lost while nothing runs", async () => {
    const { inference, fake, told } = begin({ [WEBGL]: {}, [WASM]: {} });
    await inference.begin();
    fake.lost.get(WEBGL)!.resolve("the WebGL context was lost");
    expect(await inference.run("m", [])).toEqual([OUTPUT]);
    await new Promise((resolve) => { setTimeout(resolve); });
    expect(told.at(-1)!.events[0]).toBe("tfjs-webgl failed: the WebGL context was lost");
  });

  it("leaves the run under way to the backend that it began on", async () => {
    const { inference, fake } = begin({ [WASM]: { takes: 20 }, [WEBGL]: {} });
    await inference.begin();
    const run = inference.run("m", []);
    inference.swap(await fake.start(inference.candidates[1]!), "the fastest here");
    expect([...fake.open].sort()).toEqual([WASM, WEBGL]);
    expect(await run).toEqual([OUTPUT]);
    expect([...fake.open]).toEqual([WEBGL]);
  });
});
