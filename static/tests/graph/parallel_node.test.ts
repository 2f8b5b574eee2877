import { beforeEach, describe, expect, test } from "vitest";

import type { CalculatorType } from "../../src/runtime";
import { CalculatorGraph } from "../../src/runtime";
import { Block } from "./block";

/** What lets each call of the calculator go on, by the timestamp of its input. */
let begun: Map<number, (failure?: Error) => void>;
let closed: boolean;

/** Takes until it is let go; emits its payload. */
const SLOW: CalculatorType<undefined> = {
  name: "SlowTestCalculator",
  contract: { timestampOffset: 0 },
  create: () => ({
    async process(context) {
      const value = context.inputAt<Block>("", 0)!;
      const { timestamp } = context;
      const failure = await new Promise<Error | undefined>((resolve) => begun.set(timestamp, resolve));
      if (failure) throw failure;
      value.retain();
      context.emit("", value);
    },
    close: () => void (closed = true),
  }),
};

beforeEach(() => {
  begun = new Map();
  closed = false;
});

interface Run {
  readonly graph: CalculatorGraph;
  readonly blocks: Block[];
  readonly seen: number[];
  readonly bounds: number[];
}

async function started(maxInFlight: number, count: number): Promise<Run> {
  const node = { calculator: "SlowTestCalculator", input_stream: ["a"], output_stream: ["out"], max_in_flight: maxInFlight };
  const graph = new CalculatorGraph({ input_stream: ["a"], node: [node] }, { calculators: [SLOW] });
  const [seen, bounds]: [number[], number[]] = [[], []];
  graph.observeOutputStream("out", (value, at) => (value === undefined ? bounds : seen).push(at), true);
  await graph.startRun();
  const blocks = Array.from({ length: count }, () => new Block());
  for (const [at, block] of blocks.entries()) await graph.addPacketToInputStream("a", block, at);
  return { graph, blocks, seen, bounds };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
}

async function letGo(...timestamps: number[]): Promise<void> {
  for (const at of timestamps) begun.get(at)!();
  await settle();
}

describe("a node with max_in_flight", () => {
  test("runs as many calls at once as it says, and no more", async () => {
    await started(3, 5);
    expect([...begun.keys()]).toEqual([0, 1, 2]);
    await letGo(1);
    expect([...begun.keys()]).toEqual([0, 1, 2]);
    await letGo(0);
    expect([...begun.keys()]).toEqual([0, 1, 2, 3, 4]);
  });

  test("emits in the order in which the calls began, whatever order they end in", async () => {
    const { seen, bounds } = await started(3, 3);
    await letGo(2, 1);
    expect([seen, bounds]).toEqual([[], []]);
    await letGo(0);
    expect(seen).toEqual([0, 1, 2]);
  });

  test("closes when the last call has ended", async () => {
    const { graph, blocks, seen } = await started(2, 2);
    graph.closeAllPacketSources();
    await letGo(1);
    expect(closed).toBe(false);
    await letGo(0);
    await graph.waitUntilDone();
    expect([closed, seen]).toEqual([true, [0, 1]]);
    expect(blocks.map((block) => block.references)).toEqual([0, 0]);
  });

  test("that fails in one call gives nothing of those behind it, and gives back every payload", async () => {
    const { graph, blocks, seen } = await started(3, 5);
    begun.get(1)!(new Error("on purpose"));
    await letGo(2, 0);
    await expect(graph.waitUntilDone()).rejects.toThrow("'SlowTestCalculator' failed at timestamp 1: on purpose");
    expect(seen).toEqual([]);
    expect(blocks.map((block) => block.references)).toEqual([0, 0, 0, 0, 0]);
  });

  test("of 1 runs one call after the other", async () => {
    const { seen } = await started(1, 2);
    expect([...begun.keys()]).toEqual([0]);
    await letGo(0);
    await letGo(1);
    expect(seen).toEqual([0, 1]);
  });
});
