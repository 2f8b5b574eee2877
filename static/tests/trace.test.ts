import { expect, test } from "vitest";

import type { TraceEvent } from "../src/protocol";
import { chromeTrace, type ChromeTrace } from "../src/trace";

import cases from "../../tests/trace/cases.json";

interface Case {
  name: string;
  /** By the names of Python's TraceEvent. */
  events: Record<string, unknown>[];
  trace: ChromeTrace;
}

const UNSET = { duration: 0, inputTimestamp: -Infinity, stream: "", packetTimestamp: -Infinity, queueSize: 0 };

function eventOf(fields: Record<string, unknown>): TraceEvent {
  const named = Object.entries(fields).map(([name, value]) => [name.replace(/_(.)/g, (_, one: string) => one.toUpperCase()), value]);
  return { ...UNSET, ...Object.fromEntries(named) } as TraceEvent;
}

// tests/test_trace.py runs the same cases.
test.each(cases as unknown as Case[])("Both sides write the same trace: $name", ({ name, events, trace }) => {
  expect(chromeTrace(events.map(eventOf), name)).toEqual(trace);
});
