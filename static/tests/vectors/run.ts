/** Runs cases through the page's runtime, and says how what comes out differs from what a case expects. */

import { CalculatorGraph, SimulatedClock } from "../../src/runtime";
import { TEST_CALCULATORS } from "./calculators";
import type { VectorTimestamp } from "./special";
import { fromVector, toVector } from "./special";

type ByName<T> = Record<string, T>;

type Step =
  | { packet: { stream: string; timestamp: VectorTimestamp; value: unknown } }
  | { bound: { stream: string; timestamp: VectorTimestamp } }
  | { close: string }
  | { close_all: true }
  | { clock: number }
  | { cancel: true }
  | { idle: true };

export interface Found {
  packets: ByName<[VectorTimestamp, unknown][]>;
  bounds: ByName<VectorTimestamp[]>;
  side_packets: ByName<unknown>;
  error?: string;
}

export interface Case {
  name: string;
  graph: unknown;
  subgraphs?: unknown[];
  side_packets?: ByName<unknown>;
  steps: Step[];
  expect: Partial<Omit<Found, "error">> & { error?: string[] };
}

/** What the runtime gives: of the form of `expect`, with `error` the message. */
export async function run(given: Case): Promise<Found> {
  const found: Found = { packets: {}, bounds: {}, side_packets: {} };
  try {
    await runInto(found, given);
  } catch (error) {
    found.error = (error as Error).message;
  }
  return found;
}

async function runInto(found: Found, given: Case): Promise<void> {
  const clock = new SimulatedClock();
  const { subgraphs = [] } = given;
  const graph = new CalculatorGraph<unknown>(given.graph, { calculators: TEST_CALCULATORS, clock, subgraphs });
  observe(graph, given.expect, found);
  await graph.startRun(given.side_packets);
  for (const step of given.steps) await take(graph, clock, step);
  graph.closeAllPacketSources();
  await graph.waitUntilDone();
  for (const name of Object.keys(given.expect.side_packets ?? {})) {
    found.side_packets[name] = graph.getOutputSidePacket(name);
  }
}

function observe(graph: CalculatorGraph<unknown>, expect: Case["expect"], found: Found): void {
  const { packets = {}, bounds = {} } = expect;
  for (const name of new Set([...Object.keys(packets), ...Object.keys(bounds)])) {
    const seen: Found["packets"][string] = (found.packets[name] = []);
    const settled: VectorTimestamp[] = [];
    if (name in bounds) found.bounds[name] = settled;
    const keep = (payload: unknown, timestamp: number): void => {
      if (payload === undefined) settled.push(toVector(timestamp));
      else seen.push([toVector(timestamp), payload]);
    };
    graph.observeOutputStream(name, keep, name in bounds);
  }
}

async function take(graph: CalculatorGraph<unknown>, clock: SimulatedClock, step: Step): Promise<void> {
  if ("packet" in step) {
    const { stream, timestamp, value } = step.packet;
    await graph.addPacketToInputStream(stream, value, fromVector(timestamp));
  } else if ("bound" in step) {
    graph.setInputStreamTimestampBound(step.bound.stream, fromVector(step.bound.timestamp));
  } else if ("close" in step) graph.closeInputStream(step.close);
  else if ("close_all" in step) graph.closeAllPacketSources();
  else if ("clock" in step) clock.advance(step.clock);
  else if ("cancel" in step) graph.cancel();
  else if ("idle" in step) await graph.waitUntilIdle();
  else throw new Error(`${JSON.stringify(step)} is no step; tests/vectors/README.md lists them`);
}

/** Each way in which what was found is not what the case expects, as a sentence. */
export function problems({ expect }: Case, found: Found): string[] {
  const errors = (expect.error ?? []).filter((one) => !found.error?.includes(one));
  return [
    ...(!expect.error && found.error !== undefined ? [`it failed: ${found.error}`] : []),
    ...errors.map((one) => `the error says not '${one}': ${found.error ?? "there was none"}`),
    ...(["packets", "bounds", "side_packets"] as const).flatMap((key) => differences(key, expect[key] ?? {}, found[key])),
  ];
}

function differences(key: string, expected: ByName<unknown>, found: ByName<unknown>): string[] {
  return Object.entries(expected)
    .map(([name, wanted]) => [name, inOrder(found[name]), inOrder(wanted)] as const)
    .filter(([, given, wanted]) => given !== wanted)
    .map(([name, given, wanted]) => `${key} of '${name}' are ${given}, expected ${wanted}`);
}

/** The value as JSON, an object's keys in order. */
function inOrder(value: unknown): string {
  const sorted = (_: string, one: unknown): unknown =>
    typeof one === "object" && one !== null && !Array.isArray(one) ? Object.fromEntries(Object.entries(one).sort()) : one;
  return JSON.stringify(value ?? null, sorted);
}
