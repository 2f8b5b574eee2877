import { describe, expect, test } from "vitest";

import type { CalculatorType } from "../src/runtime";
import { CalculatorGraph, ConfigError } from "../src/runtime";

const log: string[] = [];

/** Takes until it is let go. */
class Slow {
  go: (() => void) | undefined;
  readonly type: CalculatorType<undefined> = {
    name: "Slow",
    create: () => ({
      process: async (context) => {
        await new Promise<void>((resolve) => (this.go = resolve));
        context.emit("", context.inputAt("", 0));
      },
    }),
  };
}

const COUNT: CalculatorType<undefined> = {
  name: "Count",
  contract: {},
  create({ count }) {
    let made = 0;
    return {
      process(context) {
        log.push(`make ${made}`);
        if (made === count) context.stop();
        else context.emitAt("", 0, made, made);
        made++;
      },
    };
  },
};

const LISTEN: CalculatorType<undefined> = {
  name: "Listen",
  create: () => ({
    process: (context) => void log.push(`hear ${String(context.inputAt("", 0))}`),
    close: () => void log.push("close"),
  }),
};

function node(calculator: string, inputs: string[], outputs: string[], more: object = {}): object {
  return { calculator, input_stream: inputs, output_stream: outputs, ...more };
}

const PASS = { input_stream: ["a"], node: [node("PassThroughCalculator", ["a"], ["out"])] };

describe("CalculatorGraph", () => {
  test("takes a config as JSON text, too", async () => {
    const graph = new CalculatorGraph(JSON.stringify(PASS));
    const seen: unknown[] = [];
    graph.observeOutputStream("out", (value, timestamp) => seen.push([timestamp, value]));
    await graph.startRun();
    await graph.addPacketToInputStream("a", "x", 3);
    expect(seen).toEqual([[3, "x"]]);
  });

  test("refuses text that is no JSON, and a stream that the graph has not, by name", () => {
    expect(() => new CalculatorGraph("{")).toThrow(ConfigError);
    expect(() => {
      new CalculatorGraph(PASS).observeOutputStream("nowhere", () => undefined);
    }).toThrow("the graph has no stream 'nowhere'; it has 'a', 'out'");
  });

  test("makes its calculators anew for each run", async () => {
    const graph = new CalculatorGraph({ node: [node("Count", [], ["out"], { node_options: [{ count: 2 }] })] }, { calculators: [COUNT] });
    const seen: unknown[] = [];
    graph.observeOutputStream("out", (value) => seen.push(value));
    for (let run = 0; run < 2; run++) {
      await graph.startRun();
      await graph.waitUntilDone();
    }
    expect(seen).toEqual([0, 1, 0, 1]);
  });

  test("refuses a second start while it runs, and a packet before the first", async () => {
    const graph = new CalculatorGraph(PASS);
    await expect(graph.addPacketToInputStream("a", 1, 1)).rejects.toThrow("the graph is not running");
    await graph.startRun();
    await expect(graph.startRun()).rejects.toThrow("the graph runs already");
  });

  test("finishes a frame before a source makes the next", async () => {
    log.length = 0;
    const nodes = [node("Count", [], ["n"], { node_options: [{ count: 2 }] }), node("Listen", ["n"], ["out"])];
    const graph = new CalculatorGraph({ node: nodes }, { calculators: [COUNT, LISTEN] });
    await graph.startRun();
    await graph.waitUntilDone();
    expect(log).toEqual(["make 0", "hear 0", "make 1", "hear 1", "make 2", "close"]);
  });

  test("lets a fast branch go on beside a slow one", async () => {
    const slow = new Slow();
    const nodes = [node("Slow", ["a"], ["late"]), node("PassThroughCalculator", ["a"], ["soon"])];
    const graph = new CalculatorGraph({ input_stream: ["a"], node: nodes }, { calculators: [slow.type] });
    const seen: string[] = [];
    for (const name of ["late", "soon"]) graph.observeOutputStream(name, (value) => seen.push(`${name} ${String(value)}`));
    await graph.startRun();
    for (const at of [0, 1]) await graph.addPacketToInputStream("a", at, at);
    expect(seen).toEqual(["soon 0", "soon 1"]);
    slow.go!();
    await new Promise((resolve) => setTimeout(resolve));
    slow.go!();
    await graph.waitUntilIdle();
    expect(seen).toEqual(["soon 0", "soon 1", "late 0", "late 1"]);
  });

  test("has whoever adds packets wait while a queue is full, and go on when there is room", async () => {
    const slow = new Slow();
    const config = { max_queue_size: 1, input_stream: ["a"], node: [node("Slow", ["a"], ["out"])] };
    const graph = new CalculatorGraph(config, { calculators: [slow.type] });
    await graph.startRun();
    await graph.addPacketToInputStream("a", 0, 0);
    let hasRoom = false;
    const second = graph.addPacketToInputStream("a", 1, 1).then(() => (hasRoom = true));
    await new Promise((resolve) => setTimeout(resolve));
    expect(hasRoom).toBe(false);
    slow.go!();
    await second;
    expect(hasRoom).toBe(true);
  });

  const STUCK = {
    max_queue_size: 2,
    input_stream: ["a", "never"],
    node: [node("PassThroughCalculator", ["a", "never"], ["out", "x"])],
  };

  test("lets full queues grow where everything is stuck", async () => {
    const graph = new CalculatorGraph(STUCK);
    const seen: unknown[] = [];
    graph.observeOutputStream("out", (value) => seen.push(value));
    await graph.startRun();
    for (let at = 0; at < 9; at++) await graph.addPacketToInputStream("a", at, at);
    graph.closeAllPacketSources();
    await graph.waitUntilDone();
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("fails where everything is stuck, if it is to report a deadlock, and names the streams", async () => {
    const graph = new CalculatorGraph({ ...STUCK, report_deadlock: true });
    await graph.startRun();
    for (let at = 0; at < 2; at++) await graph.addPacketToInputStream("a", at, at).catch(() => undefined);
    await expect(graph.waitUntilDone()).rejects.toThrow("deadlock: the queues of 'a' are full");
    expect(graph.hasError()).toBe(true);
  });

  test("gives its side packets, and says which there is not", async () => {
    const graph = new CalculatorGraph({
      node: [
        {
          calculator: "ConstantSidePacketCalculator",
          output_side_packet: ["PACKET:side"],
          node_options: [{ packet: [{ int_value: 3 }] }],
        },
      ],
    });
    await graph.startRun();
    await graph.waitUntilDone();
    expect(graph.getOutputSidePacket("side")).toBe(3);
    expect(() => graph.getOutputSidePacket("other")).toThrow("the side packet 'other' has not been set");
  });

  test("gives every one of 100,000 packets", async () => {
    const graph = new CalculatorGraph(PASS);
    let seen = 0;
    graph.observeOutputStream("out", () => seen++);
    await graph.startRun();
    for (let at = 0; at < 100_000; at++) await graph.addPacketToInputStream("a", at, at);
    expect(seen).toBe(100_000);
  });
});
