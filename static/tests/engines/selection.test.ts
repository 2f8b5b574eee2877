import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Candidate } from "../../src/engines/candidate";
import type { ChoiceStore, Remembered } from "../../src/engines/choice_store";
import { Gaps } from "../../src/engines/gaps";
import { Inference } from "../../src/engines/inference";
import { Selection } from "../../src/engines/selection";
import { LoadError } from "../../src/loading";
import type { BackendReport, EngineAssets } from "../../src/protocol";
import type { Behaviour } from "./fakes";
import { FakeStarter } from "./fakes";

const REFERENCE = { seed: 0, inputs: [], outputs: [], path: "", bytes: 0, sha256: "" };

/** A store in memory. */
class Memory {
  constructor(public kept: readonly Remembered[] = []) {}
  recall(): Promise<readonly Remembered[]> {
    return Promise.resolve(this.kept);
  }
  keep(kept: readonly Remembered[]): Promise<void> {
    this.kept = structuredClone(kept);
    return Promise.resolve();
  }
}

interface Outcome {
  reports: Record<string, BackendReport>;
  backend: string;
  fake: FakeStarter;
  memory: Memory;
  events: string[];
}

/** Lets a selection run to its end, with a gap between frames all the time, by a clock that nothing disturbs. */
async function select(behaviours: Record<string, Behaviour>, budget = 10_000, memory = new Memory()): Promise<Outcome> {
  const fake = new FakeStarter(behaviours);
  const candidates = Object.keys(behaviours).map((name) => new Candidate(name as "litert-wasm", 0));
  const events: string[] = [];
  const inference = new Inference(candidates, fake.starter, (told) => { events.splice(0, 99, ...told.events); });
  await inference.begin();
  const engines = { backends: [], folder: "", budget, references: { m: REFERENCE }, tfjs: {}, version: "", small: null } satisfies EngineAssets;
  const gaps = new Gaps();
  const frames = setInterval(() => { gaps.open(); }, 1);
  const selection = new Selection(inference, { engines }, gaps, memory as unknown as ChoiceStore);
  const run = { isDone: false };
  const done = selection.run().finally(() => { run.isDone = true; });
  while (!run.isDone) await vi.advanceTimersByTimeAsync(1);
  clearInterval(frames);
  await done;
  const reports = Object.fromEntries(candidates.map((one) => [one.backend, one.report]));
  return { reports, backend: inference.chosen.backend, fake, memory, events };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe("the choice among backends", () => {
  it("is the fastest", async () => {
    const { backend, reports, fake } = await select({ "litert-wasm": { takes: 20 }, "tfjs-webgl": { takes: 2 } });
    expect(backend).toBe("tfjs-webgl");
    expect(reports["tfjs-webgl"]).toMatchObject({ state: "running" });
    expect(reports["tfjs-webgl"]!.reason).toMatch(/^the fastest here: \d+\.\d ms a run, litert-wasm \d+\.\d ms$/);
    expect(reports["litert-wasm"]!.reason).toMatch(/: tfjs-webgl is faster$/);
    expect([...fake.open]).toEqual(["tfjs-webgl"]);
  });
  it("is not put off by what else the device does during most of the runs", async () => {
    // Two to warm up, then five of seven disturbed: their median is that of the disturbance.
    const disturbed = [40, 40, 40, 5, 40, 40, 5, 40, 40];
    const { backend, reports } = await select({ "litert-wasm": { takes: 20 }, "tfjs-webgl": { takes: disturbed } });
    expect(backend).toBe("tfjs-webgl");
    expect(reports["tfjs-webgl"]!.milliseconds).toBe(5);
  });

  it("is not taken in by one run that was quick by chance", async () => {
    const once = [40, 40, 40, 40, 1, 40, 40, 40, 40];
    const { backend } = await select({ "litert-wasm": { takes: 20 }, "tfjs-webgl": { takes: once } });
    expect(backend).toBe("litert-wasm");
  });

  it("stays with what runs where another is hardly faster or slower, and closes that", async () => {
    const { backend, reports, fake } = await select({ "litert-wasm": { takes: 20 }, "tfjs-webgl": { takes: 40 } });
    expect(backend).toBe("litert-wasm");
    expect(reports["tfjs-webgl"]).toMatchObject({ state: "usable" });
    expect(reports["tfjs-webgl"]!.reason).toMatch(/^not faster: /);
    expect([...fake.open]).toEqual(["litert-wasm"]);
  });

  it("never is one that lies, however fast", async () => {
    const { backend, reports, fake } = await select({ "litert-wasm": { takes: 20 }, "tfjs-webgl": { lie: "it holds NaN" } });
    expect(backend).toBe("litert-wasm");
    expect(reports["tfjs-webgl"]).toMatchObject({ state: "excluded", reason: "it holds NaN", milliseconds: null });
    expect([...fake.open]).toEqual(["litert-wasm"]);
  });

  it("replaces what runs if it turns out to lie", async () => {
    const { backend, events } = await select({ "litert-wasm": { lie: "it is off by 3" }, "tfjs-webgl": {} });
    expect(backend).toBe("tfjs-webgl");
    expect(events).toEqual(["litert-wasm failed: it is off by 3", "tfjs-webgl took over"]);
  });

  it("leaves for another visit what there was no time for", async () => {
    const { reports, fake, memory } = await select({ "litert-wasm": { takes: 30 }, "tfjs-webgl": {} }, 50);
    expect(reports["tfjs-webgl"]).toMatchObject({ state: "untried" });
    expect(reports["tfjs-webgl"]!.reason).toBe("the 0.05 s for measuring were spent before its turn; it has it on another visit");
    expect(fake.started).toEqual(["litert-wasm"]);
    expect(memory.kept.map(({ backend }) => backend)).toEqual(["litert-wasm"]);
  });

  it("is tried again on another visit where the network failed", async () => {
    const refusal = new LoadError("'x.bin' could not be fetched", "model");
    const { reports, memory } = await select({ "litert-wasm": {}, "tfjs-webgl": { refusal } });
    expect(reports["tfjs-webgl"]).toMatchObject({ state: "untried", reason: "'x.bin' could not be fetched" });
    expect(memory.kept.map(({ backend }) => backend)).toEqual(["litert-wasm"]);
  });

  it("is left as it is where the visitor saves data", async () => {
    vi.stubGlobal("navigator", { connection: { saveData: true } });
    const { reports, fake } = await select({ "litert-wasm": {}, "tfjs-webgl": {} });
    vi.unstubAllGlobals();
    expect(fake.started).toEqual(["litert-wasm"]);
    expect(reports["tfjs-webgl"]!.reason).toBe("not tried: this browser is told to save data");
  });

  it("is remembered: only the best of the last visit is started and timed again", async () => {
    const behaviours = { "litert-wasm": { takes: 20 }, "litert-webgpu": { takes: 10 }, "tfjs-webgl": { takes: 2 } };
    const { memory } = await select(behaviours);
    const { backend, fake, reports } = await select(behaviours, 10_000, memory);
    expect(backend).toBe("tfjs-webgl");
    expect(fake.started).toEqual(["litert-wasm", "tfjs-webgl"]);
    expect(reports["litert-webgpu"]).toMatchObject({ reason: "measured on an earlier visit" });
  });

  it("does not believe a remembered one that lies by now", async () => {
    const kept = [{ backend: "tfjs-webgl" as const, threads: 0, milliseconds: 0.1, reason: "", excluded: false }];
    const { backend, reports } = await select({ "litert-wasm": { takes: 20 }, "tfjs-webgl": { lie: "it lies" } }, 10_000, new Memory(kept));
    expect(backend).toBe("litert-wasm");
    expect(reports["tfjs-webgl"]).toMatchObject({ state: "excluded", reason: "it lies" });
  });
});
