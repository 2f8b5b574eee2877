/** What the vectors leave open of the core calculators: options from elsewhere, loops, refusals. */

import { describe, expect, test } from "vitest";

import { CalculatorGraph } from "../../../src/runtime";

type Step = [stream: string, payload: unknown, timestamp: number];

/** What comes out of each stream, as [timestamp, payload]. */
async function run(config: object, steps: Step[], outputs: string[], side = {}): Promise<Record<string, unknown[]>> {
  const graph = new CalculatorGraph(config);
  const seen: Record<string, unknown[]> = {};
  for (const name of outputs) {
    const packets: unknown[] = (seen[name] = []);
    graph.observeOutputStream(name, (payload, timestamp) => packets.push([timestamp, payload]));
  }
  await graph.startRun(side);
  for (const [stream, payload, timestamp] of steps) await graph.addPacketToInputStream(stream, payload, timestamp);
  graph.closeAllPacketSources();
  await graph.waitUntilDone();
  return seen;
}

describe("a loop", () => {
  const LOOP = {
    input_stream: ["lists", "names"],
    node: [
      {
        calculator: "BeginLoopCalculator",
        input_stream: ["ITERABLE:lists", "CLONE:names"],
        output_stream: ["ITEM:item", "CLONE:name", "BATCH_END:end"],
      },
      { calculator: "PassThroughCalculator", input_stream: ["item", "name"], output_stream: ["each", "each_name"] },
      { calculator: "EndLoopCalculator", input_stream: ["ITEM:each", "BATCH_END:end"], output_stream: ["ITERABLE:out"] },
    ],
  };

  test("takes a list apart and puts it together again, at the list's timestamp", async () => {
    const steps: Step[] = [
      ["lists", ["a", "b"], 10],
      ["names", "x", 10],
      ["lists", ["c"], 25],
      ["names", "y", 25],
    ];
    expect(await run(LOOP, steps, ["each", "each_name", "out"])).toEqual({
      each: [[0, "a"], [1, "b"], [2, "c"]],
      each_name: [[0, "x"], [1, "x"], [2, "y"]],
      out: [[10, ["a", "b"]], [25, ["c"]]],
    });
  });

  test("gives no list for an empty one, and goes on after it", async () => {
    const steps: Step[] = [
      ["lists", [], 10],
      ["names", "x", 10],
      ["lists", ["c"], 25],
      ["names", "y", 25],
    ];
    expect(await run(LOOP, steps, ["out"])).toEqual({ out: [[25, ["c"]]] });
  });
});

describe("a flow limiter", () => {
  const limiter = (more: object): object => ({
    input_stream: ["in", "done"],
    node: [{ calculator: "FlowLimiterCalculator", input_stream: ["in", "FINISHED:done"], output_stream: ["out"], ...more }],
  });
  const FRAMES: Step[] = [0, 1, 2, 3].map((at) => ["in", at, at]);

  test.each([
    ["its own", {}, {}, [0]],
    ["the side packet MAX_IN_FLIGHT", { input_side_packet: ["MAX_IN_FLIGHT:most"] }, { most: 3 }, [0, 1, 2]],
    ["the side packet OPTIONS", { input_side_packet: ["OPTIONS:given"] }, { given: { max_in_flight: 2 } }, [0, 1]],
  ])("lets as many frames through as %s say", async (_, more, side, passed) => {
    expect(await run(limiter(more), FRAMES, ["out"], side)).toEqual({ out: passed.map((at) => [at, at]) });
  });

  test("follows the stream OPTIONS from its packet on", async () => {
    const config = {
      input_stream: ["in", "done", "given"],
      node: [
        {
          calculator: "FlowLimiterCalculator",
          input_stream: ["in", "FINISHED:done", "OPTIONS:given"],
          output_stream: ["out"],
        },
      ],
    };
    const steps: Step[] = [["in", 0, 0], ["in", 1, 1], ["given", { max_in_flight: 2 }, 2], ["in", 3, 3], ["in", 4, 4]];
    expect(await run(config, steps, ["out"])).toEqual({ out: [[0, 0], [3, 3]] });
  });
});

describe("options and ports that do not fit are refused by name", () => {
  test.each([
    ["GateCalculator", { alow: true }, "GateCalculator has no option 'alow'"],
    ["FlowLimiterCalculator", { max_in_flight: "many" }, "the option 'max_in_flight' must be a number, not \"many\""],
    ["PacketThinnerCalculator", { period: 0 }, "the option 'period' must be positive"],
    ["PacketThinnerCalculator", { start_time: 5, end_time: 5 }, "start_time is 5; it must be earlier than end_time"],
    ["PacketResamplerCalculator", {}, "the option 'frame_rate' must be a number, not left out"],
    ["PacketResamplerCalculator", { frame_rate: 2e6 }, "'frame_rate' must be above 0 and at most 1000000, not 2000000"],
    ["MuxCalculator", {}, "the node 'it': the input 'INPUT' is not connected"],
  ])("%s with %j", (calculator, options, message) => {
    const node = { calculator, name: "it", input_stream: ["a"], output_stream: ["b"], node_options: [options] };
    expect(() => new CalculatorGraph({ input_stream: ["a"], node: [node] })).toThrow(message);
  });

  test("a gate that is told both what to allow and what not", async () => {
    const node = { calculator: "GateCalculator", input_stream: ["a", "ALLOW:c", "DISALLOW:d"], output_stream: ["b"] };
    const graph = new CalculatorGraph({ input_stream: ["a", "c", "d"], node: [node] });
    await expect(graph.startRun()).rejects.toThrow("ALLOW and DISALLOW exclude each other");
  });
});
