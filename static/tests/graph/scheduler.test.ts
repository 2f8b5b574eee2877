import { describe, expect, test } from "vitest";

import type { Calculator, CalculatorType, Shared } from "../../src/graph/calculator";
import { fromJson } from "../../src/graph/config";
import { Scheduler } from "../../src/graph/scheduler";

const log: string[] = [];

function type(name: string, process: Calculator["process"], more: Partial<Calculator> = {}): CalculatorType<null> {
  return { name, create: () => ({ process, ...more }) };
}

function stateful(): Calculator {
  let total = 0;
  return {
    open: () => {
      log.push("open");
      total = 0;
    },
    process: (context) => {
      total += context.require<number>("");
      context.emit("", total);
    },
    close: () => void log.push("close"),
  };
}

class Block implements Shared {
  references = 1;
  retain(): void {
    this.references++;
  }
  release(): void {
    this.references--;
  }
}

const TYPES = [
  type("OnlyEven", (context) => {
    const value = context.require<number>("");
    if (value % 2 === 0) context.emit("", value);
  }),
  type("Both", (context) => {
    context.emit("", `${String(context.input("A"))},${String(context.input("B"))}`);
  }),
  type("Later", async (context) => {
    const value = context.require<number>("");
    await Promise.resolve();
    context.emit("", value);
  }),
  type("Fails", () => {
    throw new Error("no such luck");
  }),
  type("Pass", (context) => {
    const value = context.require<Block>("");
    value.retain();
    context.emit("", value);
  }),
  type("Anchors", () => undefined, {
    open: (context) => {
      context.emitSide("", 7);
    },
  }),
  type("WithAnchors", (context) => {
    context.emit("", context.require<number>("") + context.side<number>("ANCHORS"));
  }),
  { name: "Total", create: stateful },
];

function node(calculator: string, inputs: string[], outputs: string[], more: object = {}): object {
  return { calculator, name: calculator.toLowerCase(), input_stream: inputs, output_stream: outputs, ...more };
}

function graphOf(...nodes: object[]): Scheduler<null> {
  const config = { input_stream: ["in"], output_stream: ["out"], node: nodes };
  return new Scheduler(fromJson(config), TYPES, null);
}

async function run(scheduler: Scheduler<null>, values: unknown[], stream = "out"): Promise<[number, unknown][]> {
  const seen: [number, unknown][] = [];
  scheduler.observe(stream, (payload, timestamp) => void seen.push([timestamp, payload]));
  await scheduler.open();
  for (const [at, value] of values.entries()) await scheduler.add(at, { in: value });
  return seen;
}

describe("the scheduler", () => {
  test("settles a timestamp at which a calculator emits nothing, for what follows", async () => {
    const scheduler = graphOf(node("OnlyEven", ["in"], ["even"]), node("Both", ["A:even", "B:in"], ["out"]));
    expect(await run(scheduler, [0, 1, 2])).toEqual([
      [0, "0,0"],
      [1, "undefined,1"],
      [2, "2,2"],
    ]);
  });

  test("leaves out a calculator whose required input has no packet", async () => {
    const scheduler = graphOf(node("OnlyEven", ["in"], ["even"]), node("Later", ["even"], ["out"]));
    expect(await run(scheduler, [0, 1, 2])).toEqual([
      [0, 0],
      [2, 2],
    ]);
  });

  test("gives one stream to two inputs of one calculator", async () => {
    expect(await run(graphOf(node("Both", ["A:in", "B:in"], ["out"])), [4])).toEqual([[0, "4,4"]]);
  });

  test("keeps state for one run; open and close frame it", async () => {
    log.length = 0;
    const scheduler = graphOf(node("Total", ["in"], ["out"]));
    const seen = await run(scheduler, [1, 2]);
    await scheduler.close();
    await scheduler.open();
    await scheduler.add(0, { in: 5 });
    await scheduler.close();
    expect(seen).toEqual([
      [0, 1],
      [1, 3],
      [0, 5],
    ]);
    expect(log).toEqual(["open", "close", "open", "close"]);
  });

  test("makes side packets before it opens what takes them", async () => {
    const scheduler = graphOf(
      node("WithAnchors", ["in"], ["out"], { input_side_packet: ["ANCHORS:anchors"] }),
      node("Anchors", [], [], { output_side_packet: ["anchors"] }),
    );
    expect(await run(scheduler, [1])).toEqual([[0, 8]]);
  });

  test("names the calculator that failed, and its timestamp", async () => {
    const failure = run(graphOf(node("Fails", ["in"], ["out"])), [1]);
    await expect(failure).rejects.toThrow("the calculator 'fails' failed at timestamp 0: no such luck");
    await expect(failure).rejects.toMatchObject({ node: "fails", timestamp: 0 });
  });

  test("refuses a timestamp that does not rise", async () => {
    const scheduler = graphOf(node("OnlyEven", ["in"], ["out"]));
    await run(scheduler, [1]);
    await expect(scheduler.add(0, { in: 2 })).rejects.toThrow("timestamp 0 is not later than the last one");
  });

  test.each([
    ["after a frame", (scheduler: Scheduler<null>, block: Block) => scheduler.add(0, { in: block })],
    [
      "after a failure",
      (scheduler: Scheduler<null>, block: Block) =>
        scheduler
          .add(0, { in: block })
          .catch(() => undefined)
          .then(() => scheduler.close()),
    ],
  ])("holds no reference to a shared payload %s", async (when, act) => {
    const last = when === "after a frame" ? "Pass" : "Fails";
    const scheduler = graphOf(node("Pass", ["in"], ["middle"]), node(last, ["middle"], ["out"]));
    await scheduler.open();
    const block = new Block();
    await act(scheduler, block);
    expect(block.references).toBe(0);
  });

  test("refuses a config with an unknown calculator by name", () => {
    expect(() => graphOf(node("Nowhere", ["in"], ["out"]))).toThrow("'nowhere' is a 'Nowhere', which is not known");
  });
});
