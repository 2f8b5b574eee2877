import { afterEach, beforeEach, expect, test, vi } from "vitest";

import type { Profiler, TraceEvent } from "../src/graph/profiler";
import { ProfileListeners, type ProfileReport } from "../src/profile_listeners";
import { beginProfile } from "../src/profiling";
import type { Profiled } from "../src/protocol";

const EVENT: TraceEvent = {
  eventType: "PROCESS",
  nodeName: "blur",
  calculator: "GaussianBlurCalculator",
  startTime: 5,
  duration: 1,
  inputTimestamp: 0,
  stream: "",
  packetTimestamp: -Infinity,
  queueSize: 0,
};

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

class FakePipeline {
  profiler: Profiler | undefined;
  profile(profiler: Profiler | undefined): void {
    this.profiler = profiler;
  }
  nodeStatus(): [] {
    return [];
  }
}

test("The worker tells at once, four times a second, and once more when it ends", () => {
  const pipeline = new FakePipeline();
  const told: Profiled[] = [];
  const end = beginProfile(pipeline, (message) => told.push(message));
  pipeline.profiler!.record(EVENT);
  vi.advanceTimersByTime(1000);
  pipeline.profiler!.record(EVENT);
  end();
  vi.advanceTimersByTime(1000);
  expect(told.map(({ events }) => events.length)).toEqual([0, 1, 0, 0, 0, 1]);
  expect(pipeline.profiler).toBeUndefined();
});

function message(events: TraceEvent[], timeOrigin = performance.timeOrigin): Profiled {
  return { type: "profiled", timeOrigin, events, nodes: [] };
}

test("The worker is asked to tell while somebody listens", () => {
  const asked: boolean[] = [];
  const listeners = new ProfileListeners((on) => asked.push(on));
  const [endOne, endOther] = [listeners.add(vi.fn()), listeners.add(vi.fn())];
  endOne();
  endOne();
  expect(asked).toEqual([true]);
  endOther();
  expect(asked).toEqual([true, false]);
});

test("A listener hears the worker's events in the page's time, and the frames that the page dropped", () => {
  const listeners = new ProfileListeners(vi.fn());
  const heard: ProfileReport[] = [];
  listeners.dropped(1);
  listeners.add((report) => heard.push(report));
  listeners.dropped(33_000);
  listeners.tell(message([EVENT], performance.timeOrigin + 100));
  listeners.tell(message([]));
  const [first, second] = heard.map(({ events }) => events);
  expect(first!.map((one) => [one.eventType, one.packetTimestamp])).toEqual([
    ["PROCESS", -Infinity],
    ["PACKET_DROPPED", 33_000],
  ]);
  expect(first![0]!.startTime).toBeCloseTo(100_005);
  expect(second).toEqual([]);
});
