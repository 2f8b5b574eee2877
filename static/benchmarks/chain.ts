/**
 * What a packet costs on its way through pass-through nodes: `node run.mjs benchmarks/chain.ts`, from static/.
 *
 * For chains of 1, 10, 100 and 1,000 nodes, the median of several rounds: microseconds a packet, and a node a packet.
 */

import { CalculatorGraph } from "../src/runtime";

const LENGTHS = [1, 10, 100, 1000];
const ROUNDS = 9;
/** Node runs a round: enough to be timed well, and for the compiler to have done its work. */
const RUNS = 200_000;

function chain(length: number): object {
  const node = Array.from({ length }, (_, index) => ({
    calculator: "PassThroughCalculator",
    name: `pass${index}`,
    input_stream: [`s${index}`],
    output_stream: [`s${index + 1}`],
  }));
  return { input_stream: ["s0"], output_stream: [`s${length}`], node };
}

/** Microseconds a packet, in each round. */
async function measure(length: number): Promise<number[]> {
  const graph = new CalculatorGraph(chain(length));
  let seen = 0;
  graph.observeOutputStream(`s${length}`, () => {
    seen++;
  });
  await graph.startRun();
  const packets = Math.max(1, Math.round(RUNS / length));
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let at = 0; at < packets; at++) await graph.addPacketToInputStream("s0", at, round * packets + at);
    rounds.push(((performance.now() - start) * 1000) / packets);
  }
  graph.closeAllPacketSources();
  await graph.waitUntilDone();
  if (seen !== packets * ROUNDS) throw new Error(`${seen} packets came out of ${packets * ROUNDS}`);
  return rounds;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

export async function main(): Promise<number> {
  console.log("nodes  µs/packet  µs/node/packet");
  for (const length of LENGTHS) {
    const packet = median(await measure(length));
    console.log(`${length}`.padEnd(7) + packet.toFixed(2).padEnd(11) + (packet / length).toFixed(3));
  }
  return 0;
}
