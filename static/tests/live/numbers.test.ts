import { describe, expect, test } from "vitest";

import { combined, Numbers, type NodeNumbers } from "../../src/live/numbers";
import { meters, milliseconds } from "../../src/live/words";
import type { NodeStatus, TraceEvent } from "../../src/protocol";

function call(nodeName: string, startTime: number, duration: number): TraceEvent {
  const packet = { stream: "", packetTimestamp: -Infinity, queueSize: 0 };
  return { eventType: "PROCESS", nodeName, calculator: "", startTime, duration, inputTimestamp: 0, ...packet };
}

function dropped(nodeName: string): TraceEvent {
  return { ...call(nodeName, 0, 0), eventType: "PACKET_DROPPED" };
}

function node(nodeName: string, more: Partial<NodeStatus> = {}): NodeStatus {
  const lists = { inputStreamInfos: [], waitsFor: [], missingSidePackets: [], throttledBy: [] };
  return { nodeName, calculator: "SomeCalculator", state: "opened", inFlight: 0, ...lists, ...more };
}

function queue(streamName: string, queueSize: number): NodeStatus["inputStreamInfos"][number] {
  return { streamName, queueSize, minimumTimestampOrBound: 0, isFull: false };
}

function rowsOf(events: TraceEvent[], nodes: NodeStatus[], now = 0): NodeNumbers[] {
  const numbers = new Numbers();
  numbers.add({ events, nodes }, now);
  return numbers.rows();
}

describe("a node's numbers", () => {
  test("are its mean time a call, and its share of what all nodes took", () => {
    const [slow, fast] = rowsOf([call("slow", 0, 8000), call("slow", 0, 4000), call("fast", 0, 4000)], [node("slow"), node("fast")]);
    expect([slow!.milliseconds, slow!.share, slow!.calls]).toEqual([6, 0.75, 2]);
    expect([fast!.milliseconds, fast!.share, fast!.calls]).toEqual([4, 0.25, 1]);
  });

  test("forget times after two seconds, but not how many calls there were", () => {
    const numbers = new Numbers();
    numbers.add({ events: [call("blur", 0, 8000)], nodes: [node("blur")] }, 0);
    numbers.add({ events: [], nodes: [node("blur")] }, 2_000_000);
    expect(numbers.rows()[0]).toMatchObject({ calls: 1, milliseconds: null, share: 0 });
  });

  test("count the packets that wait, and those that were dropped", () => {
    const infos = [queue("a", 2), queue("b", 1)];
    expect(rowsOf([dropped("join"), dropped("join")], [node("join", { inputStreamInfos: infos })])[0]).toMatchObject({ queued: 3, dropped: 2 });
  });

  test("leave out the frames that were dropped before the graph, which are counted by themselves", () => {
    const numbers = new Numbers();
    numbers.add({ events: [dropped(""), dropped("")], nodes: [node("join")] }, 0);
    expect(numbers.droppedFrames).toBe(2);
    expect(numbers.rows().map(({ dropped: count }) => count)).toEqual([0]);
  });

  test.each<[Partial<NodeStatus>, string, boolean]>([
    [{ waitsFor: ["b"], inputStreamInfos: [queue("a", 1), queue("b", 0)] }, "waits for 'b'", true],
    [{ waitsFor: ["a", "b"] }, "waits for 'a', 'b'", false],
    [{ state: "prepared", missingSidePackets: ["model"] }, "waits for side packet 'model'", true],
    [{ state: "prepared" }, "not opened yet", false],
    [{ throttledBy: ["frames"] }, "held back: full is 'frames'", true],
    [{ inFlight: 1 }, "running", false],
    [{ state: "closed" }, "closed", false],
  ])("say of %j that it %s", (status, state, isHeldUp) => {
    expect(rowsOf([], [node("n", status)])[0]).toMatchObject({ state, isHeldUp });
  });
});

test("A closed subgraph adds up its nodes, and says which one is held up", () => {
  const status = { waitsFor: ["b"], inputStreamInfos: [queue("a", 1)] };
  const rows = rowsOf([call("x", 0, 1000), call("y", 0, 3000), dropped("y")], [node("x"), node("y", status)]);
  expect(combined("both", rows)).toEqual({
    name: "both",
    calculator: "",
    calls: 1,
    milliseconds: 4,
    share: 1,
    queued: 1,
    dropped: 1,
    state: "y: waits for 'b'",
    isHeldUp: true,
  });
});

test.each([
  [null, "–"],
  [0.004, "<0.01 ms"],
  [8.126, "8.13 ms"],
  [45.44, "45.4 ms"],
  [120.4, "120 ms"],
])("%d milliseconds are written %s", (value, written) => {
  expect(milliseconds(value)).toBe(written);
});

test("The lines of a box tell time, calls, and what is held up, as far as there is room", () => {
  const status = { waitsFor: ["a_stream_with_a_long_name"], inputStreamInfos: [queue("a", 2)] };
  const [row] = rowsOf([call("n", 0, 8000), dropped("n")], [node("n", status)]);
  expect(meters(row!)).toEqual({ time: "8.00 ms · 100 %", calls: "1 call · 1 dropped", waits: "2 queued · waits for 'a_str…" });
});

test("A node that has not run yet has empty lines", () => {
  expect(meters(rowsOf([], [node("n")])[0]!)).toEqual({ time: "", calls: "", waits: "" });
});
