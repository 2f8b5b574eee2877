/**
 * A chain of pass-through nodes, the twin of `benchmarks/chain.py`: `node run.mjs benchmarks/chain.ts`, from static/.
 *
 * Reads lines `{nodes, packets, each}` and answers each with a line `{microseconds}`, the time of a packet: from
 * adding the first one until the graph is idle; with `each` it waits for that after every single packet. Without
 * lines to read, at a terminal, it prints a table: the median of several rounds.
 */

import { stdin } from "node:process";
import { createInterface } from "node:readline";
import { CalculatorGraph } from "../src/runtime";

const LENGTHS = [1, 10, 100, 1000];
const ROUNDS = 9;
/** Node runs a round: enough to be timed well, and for the compiler to have done its work. */
const RUNS = 200_000;

interface Round {
  readonly nodes: number;
  readonly packets: number;
  readonly each: boolean;
}

function config(length: number): object {
  const node = Array.from({ length }, (_, index) => ({
    calculator: "PassThroughCalculator",
    name: `pass${index}`,
    input_stream: [`s${index}`],
    output_stream: [`s${index + 1}`],
  }));
  return { input_stream: ["s0"], output_stream: [`s${length}`], node };
}

/** A running graph that goes on from round to round. */
class Chain {
  private readonly graph: CalculatorGraph;
  private seen = 0;
  private at = 0;

  constructor(private readonly nodes: number) {
    this.graph = new CalculatorGraph(config(nodes));
  }

  async start(): Promise<this> {
    this.graph.observeOutputStream(`s${this.nodes}`, () => {
      this.seen++;
    });
    await this.graph.startRun();
    return this;
  }

  /** Microseconds a packet. */
  async round({ packets, each }: Round): Promise<number> {
    const start = performance.now();
    const end = this.at + packets;
    for (; this.at < end; this.at++) {
      await this.graph.addPacketToInputStream("s0", this.at % 1000, this.at);
      if (each) await this.graph.waitUntilIdle();
    }
    await this.graph.waitUntilIdle();
    const spent = performance.now() - start;
    if (this.seen !== this.at) throw new Error(`${this.seen} packets came out of ${this.at}`);
    return (spent * 1000) / packets;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

async function table(): Promise<void> {
  console.log("nodes  µs/packet  µs/node/packet");
  for (const nodes of LENGTHS) {
    const chain = await new Chain(nodes).start();
    const packets = Math.max(1, Math.round(RUNS / nodes));
    const rounds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) rounds.push(await chain.round({ nodes, packets, each: false }));
    const packet = median(rounds);
    console.log(`${nodes}`.padEnd(7) + packet.toFixed(2).padEnd(11) + (packet / nodes).toFixed(3));
  }
}

export async function main(): Promise<number> {
  if (stdin.isTTY) {
    await table();
    return 0;
  }
  const chains = new Map<number, Chain>();
  for await (const line of createInterface({ input: stdin })) {
    const round = JSON.parse(line) as Round;
    const chain = chains.get(round.nodes) ?? (await new Chain(round.nodes).start());
    chains.set(round.nodes, chain);
    console.log(JSON.stringify({ microseconds: await chain.round(round) }));
  }
  return 0;
}
