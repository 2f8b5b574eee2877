/** Shared payloads on every path through a graph: when the run is over, nothing holds a reference. */

import { describe, expect, test } from "vitest";

import type { CalculatorType } from "../../src/graph/calculator";
import { retained } from "../../src/graph/calculator";
import { CalculatorGraph } from "../../src/runtime";
import { Block } from "./block";

const FAILING: readonly CalculatorType<undefined>[] = [
  {
    name: "Fails",
    create: () => ({
      process: () => {
        throw new Error("on purpose");
      },
    }),
  },
  {
    name: "FailsLater",
    create: () => ({
      async process() {
        await Promise.resolve();
        throw new Error("on purpose");
      },
    }),
  },
  {
    name: "EmitsTwice",
    create: () => ({
      process: (context) => {
        context.emit("", retained(context.inputAt("", 0)));
        context.emit("", retained(context.inputAt("", 0)));
      },
    }),
  },
  { name: "FailsInOpen", create: () => ({ process: () => undefined, open: () => { throw new Error("on purpose"); } }) },
];

interface Wiring {
  inputs: string[];
  outputs: string[];
  options?: object;
  handler?: object;
}

function graphOf(calculator: string, { inputs, outputs, options, handler }: Wiring): object {
  const names = [...new Set(inputs.map((entry) => entry.split(":").at(-1)!))];
  const node = {
    calculator,
    input_stream: inputs,
    output_stream: outputs,
    ...(options && { node_options: [options] }),
    ...(handler && { input_stream_handler: handler }),
  };
  return { input_stream: names, node: [node, { calculator: "PassThroughCalculator", input_stream: ["out"], output_stream: ["x"] }] };
}

/** Five packets on every input, then the end; gives the packets. */
async function feed(config: object, streams: string[]): Promise<Block[]> {
  const graph = new CalculatorGraph(config, { calculators: FAILING });
  const blocks: Block[] = [];
  try {
    await graph.startRun();
    for (let at = 0; at < 5; at++) {
      for (const stream of streams) {
        blocks.push(new Block());
        await graph.addPacketToInputStream(stream, blocks.at(-1), at * 7);
      }
    }
    graph.closeAllPacketSources();
    await graph.waitUntilDone();
  } catch {
    await graph.waitUntilDone().catch(() => undefined);
  }
  return blocks;
}

const BATCHES = {
  input_stream_handler: "DefaultInputStreamHandler",
  options: { "[mediapipe.DefaultInputStreamHandlerOptions.ext]": { batch_size: 3 } },
};
const ONE = { inputs: ["a"], outputs: ["out"] };
const TWO = { inputs: ["a", "b"], outputs: ["out", "other"] };

describe("no reference is left", () => {
  test.each<[string, string, Wiring]>([
    ["a calculator that fails", "Fails", ONE],
    ["a calculator that fails later", "FailsLater", ONE],
    ["a calculator that fails in Open", "FailsInOpen", ONE],
    ["a calculator that emits a timestamp twice", "EmitsTwice", ONE],
    ["a pass-through of two streams", "PassThroughCalculator", TWO],
    ["a stream given to two inputs", "PassThroughCalculator", { inputs: ["a", "a"], outputs: ["out", "other"] }],
    ["a stream that is not read", "PassThroughCalculator", { inputs: ["a", "b"], outputs: ["other", "out"] }],
    ["a merge", "MergeCalculator", { inputs: ["a", "b"], outputs: ["out"] }],
    [
      "an immediate mux",
      "ImmediateMuxCalculator",
      { inputs: ["a", "b"], outputs: ["out"], handler: { input_stream_handler: "ImmediateInputStreamHandler" } },
    ],
    ["a switch demux", "SwitchDemuxCalculator", { inputs: ["A:a"], outputs: ["C0__A:out"] }],
    ["a switch demux whose channel does not exist", "SwitchDemuxCalculator", { inputs: ["A:a"], outputs: ["C1__A:out"] }],
    ["a switch demux that waits", "SwitchDemuxCalculator", { inputs: ["A:a", "SELECT:c"], outputs: ["C0__A:out"] }],
    ["a switch mux", "SwitchMuxCalculator", { inputs: ["C0__A:a", "C1__A:b"], outputs: ["A:out"] }],
    ["a switch mux that waits", "SwitchMuxCalculator", { inputs: ["C0__A:a", "SELECT:c"], outputs: ["A:out"] }],
    ["a real-time limiter", "RealTimeFlowLimiterCalculator", { inputs: ["a", "b", "FINISHED:c"], outputs: ["out", "other"] }],
    ["a packet cloner", "PacketClonerCalculator", { inputs: ["a", "b"], outputs: ["out"] }],
    ["a closed gate", "GateCalculator", ONE],
    ["an open gate", "GateCalculator", { ...ONE, options: { allow: true } }],
    ["a flow limiter that drops", "FlowLimiterCalculator", { inputs: ["a", "b", "FINISHED:c"], outputs: ["out", "other"] }],
    ["a flow limiter with a queue", "FlowLimiterCalculator", { ...ONE, options: { max_in_queue: 2 } }],
    ["a loopback", "PreviousLoopbackCalculator", { inputs: ["MAIN:a", "LOOP:b"], outputs: ["PREV_LOOP:out"] }],
    ["a thinner", "PacketThinnerCalculator", { ...ONE, options: { period: 10 } }],
    ["a synchronous thinner", "PacketThinnerCalculator", { ...ONE, options: { period: 10, thinner_type: "SYNC" } }],
    ["a resampler", "PacketResamplerCalculator", { ...ONE, options: { frame_rate: 100000 } }],
    ["a resampler with limits", "PacketResamplerCalculator", { ...ONE, options: { frame_rate: 50000, end_time: 9 } }],
    ["a demux", "RoundRobinDemuxCalculator", { inputs: ["a"], outputs: ["OUTPUT:0:out", "OUTPUT:1:other"] }],
    ["a loop's end", "EndLoopCalculator", { inputs: ["ITEM:a"], outputs: ["ITERABLE:out"] }],
    [
      "queues of a fixed size",
      "PassThroughCalculator",
      { ...TWO, handler: { input_stream_handler: "FixedSizeInputStreamHandler" } },
    ],
    ["batches of which one is left over", "PassThroughCalculator", { ...ONE, handler: BATCHES }],
    ["a batch whose calculator fails", "Fails", { ...ONE, handler: BATCHES }],
    ["a barrier", "PassThroughCalculator", { ...TWO, handler: { input_stream_handler: "BarrierInputStreamHandler" } }],
  ])("after %s", async (_, calculator, wiring) => {
    const config = graphOf(calculator, wiring) as { input_stream: string[] };
    // FINISHED (c) is never given: frames stay in flight.
    const blocks = await feed(config, config.input_stream.filter((name) => name !== "c"));
    expect(blocks.length).toBeGreaterThanOrEqual(calculator === "FailsInOpen" ? 0 : 1);
    expect(blocks.map((block) => block.references)).toEqual(blocks.map(() => 0));
  });

  test("after packets that wait for a stream that never comes, and a run that is cancelled", async () => {
    const graph = new CalculatorGraph(graphOf("PassThroughCalculator", TWO));
    const block = new Block();
    await graph.startRun();
    await graph.addPacketToInputStream("a", block, 0);
    expect(block.references).toBe(1);
    graph.cancel();
    await expect(graph.waitUntilDone()).rejects.toThrow("cancelled");
    expect(block.references).toBe(0);
  });

  test("after a batch that is not whole when the run is cancelled", async () => {
    const graph = new CalculatorGraph(graphOf("PassThroughCalculator", { ...ONE, handler: BATCHES }));
    const block = new Block();
    await graph.startRun();
    await graph.addPacketToInputStream("a", block, 0);
    graph.cancel();
    await expect(graph.waitUntilDone()).rejects.toThrow("cancelled");
    expect(block.references).toBe(0);
  });

  test("after a packet that comes too late", async () => {
    const graph = new CalculatorGraph(graphOf("PassThroughCalculator", ONE));
    const block = new Block();
    await graph.startRun();
    await graph.addPacketToInputStream("a", 1, 5);
    await expect(graph.addPacketToInputStream("a", block, 4)).rejects.toThrow("'a' comes too late");
    expect(block.references).toBe(0);
  });

  test("in the list of a loop's end, once nothing holds the list", async () => {
    const config = graphOf("EndLoopCalculator", { inputs: ["ITEM:a", "BATCH_END:b"], outputs: ["ITERABLE:out"] });
    const graph = new CalculatorGraph(config);
    const lists: unknown[][] = [];
    graph.observeOutputStream("out", (list) => lists.push([...(list as unknown[])]));
    const blocks = [new Block(), new Block()];
    await graph.startRun();
    for (const [at, block] of blocks.entries()) await graph.addPacketToInputStream("a", block, at);
    graph.setInputStreamTimestampBound("b", 1);
    await graph.addPacketToInputStream("b", 100, 1);
    graph.closeAllPacketSources();
    await graph.waitUntilDone();
    expect(lists).toEqual([blocks]);
    expect(blocks.map((block) => block.references)).toEqual([0, 0]);
  });
});
