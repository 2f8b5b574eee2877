import { beforeEach, describe, expect, it, vi } from "vitest";

import { Candidate } from "../../src/engines/candidate";
import { Inference } from "../../src/engines/inference";
import { Overlap } from "../../src/engines/overlap";
import type { Backends } from "../../src/protocol";
import type { Behaviour } from "./fakes";
import { FakeStarter } from "./fakes";

const WASM = "litert-wasm";

interface Trial {
  fake: FakeStarter;
  inference: Inference;
  told: Backends[];
  /** Frames that are done, each so many milliseconds after the one before. */
  frames: (count: number, apart: number, isBehind?: boolean) => Promise<void>;
}

/** On a device of two cores, whose engine runs on two threads so far. */
async function begin(behaviours: Record<string, Behaviour> = { [WASM]: {} }): Promise<Trial> {
  const fake = new FakeStarter(behaviours);
  const told: Backends[] = [];
  const candidates = Object.keys(behaviours).flatMap((name) =>
    name === WASM ? [new Candidate(WASM, 2), new Candidate(WASM, 1)] : [new Candidate(name as typeof WASM, 0)],
  );
  const inference = new Inference(candidates, fake.starter, (backends) => told.push(structuredClone(backends)));
  await inference.begin();
  let time = 0;
  const overlap = new Overlap(inference, () => time);
  void overlap.run();
  const frames = async (count: number, apart: number, isBehind = true): Promise<void> => {
    for (let index = 0; index < count; index++) {
      time += apart;
      overlap.frameDone(isBehind);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
  };
  return { fake, inference, told, frames };
}

describe("the engine beside the graph", () => {
  beforeEach(() => { vi.stubGlobal("navigator", { hardwareConcurrency: 2 }); });

  it("is not tried while frames come no faster than they are done", async () => {
    const { fake, frames } = await begin();
    await frames(200, 33, false);
    expect(fake.started).toEqual(["litert-wasm on 2 threads"]);
  });

  it("is not tried on a device with one core", async () => {
    vi.stubGlobal("navigator", { hardwareConcurrency: 1 });
    const { fake, frames } = await begin();
    await frames(200, 33);
    expect(fake.started).toEqual(["litert-wasm on 2 threads"]);
  });

  it("stays where more frames get through, and says how many", async () => {
    const { fake, inference, told, frames } = await begin();
    await frames(31, 40);
    expect(inference.running.isOwn).toBe(true);
    expect(told.at(-1)).toMatchObject({ overlaps: true });
    await frames(31, 30);
    await frames(31, 50);
    expect(inference.running.candidate.label).toBe("litert-wasm on 2 threads");
    expect(inference.chosen.reason).toBe("2 threads; beside the graph: 30.0 ms from frame to frame, 40.0 ms before");
    expect([...fake.open]).toEqual(["litert-wasm on 2 threads, beside"]);
  });

  it("takes the count of threads with which the most get through", async () => {
    const { fake, inference, frames } = await begin();
    await frames(31, 40);
    await frames(31, 30);
    await frames(31, 20);
    expect(inference.running.candidate.label).toBe("litert-wasm on 1 thread");
    expect([...fake.open]).toEqual(["litert-wasm on 1 thread, beside"]);
  });

  it("goes again where it gains nothing", async () => {
    const { fake, inference, told, frames } = await begin();
    await frames(31, 40);
    await frames(62, 39);
    expect(inference.running.isOwn).toBe(false);
    expect(told.at(-1)).toMatchObject({ overlaps: false });
    expect(told.at(-1)!.backends.map(({ state, reason }) => `${state}: ${reason}`)).toEqual([
      "running: 2 threads; the first that can be had here; beside the graph not faster: 39.0 ms from frame to frame",
      "usable: beside the graph not faster: 39.0 ms from frame to frame",
    ]);
    expect([...fake.open]).toEqual(["litert-wasm on 2 threads"]);
  });

  it("gives way when it fails in its trial, and leaves nothing open", async () => {
    const { fake, inference, frames } = await begin({ [WASM]: {}, "tfjs-cpu": {} });
    await frames(31, 40);
    fake.lost.get("litert-wasm on 2 threads, beside")!.resolve("its worker died");
    await frames(62, 39);
    expect(inference.running.candidate.label).toBe("litert-wasm on 1 thread");
    expect([...fake.open]).toEqual(["litert-wasm on 1 thread"]);
  });

  it("has nothing to try where the engine runs so anyway", async () => {
    const { fake, told, frames } = await begin({ "tfjs-webgl": {}, [WASM]: {} });
    expect(told.at(-1)).toMatchObject({ backend: "tfjs-webgl", overlaps: true });
    await frames(62, 40);
    expect(fake.started).toEqual(["tfjs-webgl"]);
  });
});
