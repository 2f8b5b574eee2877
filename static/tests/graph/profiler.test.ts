import { describe, expect, test } from "vitest";

import type { CalculatorContext, CalculatorType } from "../../src/graph/calculator";
import { CORE } from "../../src/calculators/core/index";
import { fromJson } from "../../src/graph/config";
import type { NodeStatus } from "../../src/graph/node_status";
import type { TraceEvent } from "../../src/graph/profiler";
import { TraceBuffer } from "../../src/graph/profiler";
import { Scheduler } from "../../src/graph/scheduler";
import * as Timestamp from "../../src/graph/timestamp";

function emitOne(context: CalculatorContext): void {
  context.emit("", 1);
}

const BOTH: CalculatorType<null> = { name: "Both", create: () => ({ process: emitOne }) };

function graph(node: object[], more: object = {}): Scheduler<null> {
  const config = { input_stream: ["a", "b"], output_stream: ["out"], node, ...more };
  return new Scheduler(fromJson(config), [...CORE, BOTH] as CalculatorType<null>[], null);
}

function join(more: object = {}): Scheduler<null> {
  return graph([{ name: "join", calculator: "Both", input_stream: ["A:a", "B:b"], output_stream: ["out"], ...more }]);
}

function profiled(scheduler: Scheduler<null>): TraceBuffer {
  const buffer = new TraceBuffer();
  scheduler.profile(buffer);
  return buffer;
}

function told(events: readonly TraceEvent[]): string[] {
  return events.map((one) => `${one.eventType} ${one.nodeName || "graph"} ${one.stream || Timestamp.toDebugString(one.inputTimestamp)}`);
}

describe("a profiler is told", () => {
  test("every call, and every packet that is created, queued and taken, in order", async () => {
    const scheduler = join();
    const buffer = profiled(scheduler);
    await scheduler.open();
    scheduler.addPacket("a", 5, 1);
    scheduler.addPacket("b", 5, 1);
    await scheduler.close();
    expect(told(buffer.take())).toEqual([
      "OPEN join Timestamp::Unstarted()",
      "PACKET_CREATED graph a",
      "PACKET_QUEUED join a",
      "PACKET_CREATED graph b",
      "PACKET_QUEUED join b",
      "PACKET_TAKEN join a",
      "PACKET_TAKEN join b",
      "PACKET_CREATED join out",
      "PROCESS join 5",
      "CLOSE join Timestamp::Done()",
    ]);
  });

  test("how many packets a queue holds, and what a fixed-size queue drops", async () => {
    const scheduler = join({ input_stream_handler: { input_stream_handler: "FixedSizeInputStreamHandler" } });
    const buffer = profiled(scheduler);
    await scheduler.open();
    for (const timestamp of [1, 2, 3]) scheduler.addPacket("a", timestamp, 1);
    const moves = buffer.take().filter(({ stream, nodeName }) => stream === "a" && nodeName);
    expect(moves.map((one) => [one.eventType, one.packetTimestamp, one.queueSize])).toEqual([
      ["PACKET_QUEUED", 1, 1],
      ["PACKET_QUEUED", 2, 2],
      ["PACKET_DROPPED", 1, 1],
      ["PACKET_QUEUED", 3, 2],
      ["PACKET_DROPPED", 2, 1],
    ]);
  });

  test("what a flow limiter drops", async () => {
    const scheduler = graph([
      { calculator: "FlowLimiterCalculator", input_stream: ["a", "FINISHED:b"], output_stream: ["out"] },
    ]);
    const buffer = profiled(scheduler);
    await scheduler.open();
    for (const timestamp of [1, 2]) scheduler.addPacket("a", timestamp, 1);
    const dropped = buffer.take().filter(({ eventType }) => eventType === "PACKET_DROPPED");
    expect(dropped.map((one) => [one.nodeName, one.stream, one.packetTimestamp])).toEqual([["FlowLimiterCalculator", "a", 2]]);
  });

  test("of nodes of one calculator by names that differ, as on the desktop", async () => {
    const chain = [["a", "m"], ["m", "out"]].map(([from, to]) => ({ calculator: "Both", input_stream: [from], output_stream: [to] }));
    const scheduler = graph(chain);
    const buffer = profiled(scheduler);
    await scheduler.open();
    expect(buffer.take().map(({ nodeName }) => nodeName)).toEqual(["Both_1", "Both_2"]);
    expect(scheduler.nodeStatus().map(({ nodeName }) => nodeName)).toEqual(["Both_1", "Both_2"]);
  });

  test("nothing any more, once it is taken away", async () => {
    const scheduler = join();
    const buffer = profiled(scheduler);
    scheduler.profile(undefined);
    await scheduler.open();
    await scheduler.add(1, { a: 1, b: 1 });
    expect(buffer.take()).toEqual([]);
  });
});

test("A call's start and duration are microseconds of the thread's clock", async () => {
  const scheduler = join();
  const buffer = profiled(scheduler);
  const before = performance.now() * 1000;
  await scheduler.open();
  await scheduler.add(7, { a: 1, b: 1 });
  const after = performance.now() * 1000;
  const call = buffer.take().find(({ eventType }) => eventType === "PROCESS")!;
  expect(call.startTime).toBeGreaterThanOrEqual(before);
  expect(call.duration).toBeGreaterThanOrEqual(0);
  expect(call.startTime + call.duration).toBeLessThanOrEqual(after);
});

test("A trace buffer keeps the latest events", () => {
  const buffer = new TraceBuffer(2);
  const event = { eventType: "PROCESS" } as TraceEvent;
  for (let count = 0; count < 5; count++) buffer.record({ ...event, startTime: count });
  expect(buffer.take().map(({ startTime }) => startTime)).toEqual([2, 3, 4]);
});

describe("the status of a node says", () => {
  function statusOf(scheduler: Scheduler<null>): NodeStatus {
    return scheduler.nodeStatus()[0]!;
  }

  test("which input it waits for, and what waits with it", async () => {
    const scheduler = join();
    await scheduler.open();
    scheduler.addPacket("a", 5, 1);
    expect(statusOf(scheduler)).toEqual({
      nodeName: "join",
      calculator: "Both",
      state: "opened",
      inFlight: 0,
      inputStreamInfos: [
        { streamName: "a", queueSize: 1, minimumTimestampOrBound: 5, isFull: false },
        { streamName: "b", queueSize: 0, minimumTimestampOrBound: Timestamp.PRE_STREAM, isFull: false },
      ],
      waitsFor: ["b"],
      missingSidePackets: [],
      throttledBy: [],
    });
  });

  test("that it is closed, and waits for nothing", async () => {
    const scheduler = join();
    await scheduler.open();
    await scheduler.close();
    expect(statusOf(scheduler)).toMatchObject({ state: "closed", waitsFor: [] });
  });

  test("which side packets it misses, until it can be opened", () => {
    const scheduler = join({ input_side_packet: ["SIDE:threshold"] });
    expect(statusOf(scheduler)).toMatchObject({ state: "prepared", missingSidePackets: ["threshold"] });
  });
});
