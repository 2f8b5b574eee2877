/** Which node reads from which: the order of a graph's nodes, and its cycles. */

import type { NodeConfig } from "./config";
import { located } from "./located";
import { splitEntries, TagMap } from "./tag_map";

/** The names of what goes into a node, streams and side packets; back edges do not count. */
export function forwardInputs(node: NodeConfig): string[] {
  const inputs = new TagMap(node.inputStream);
  const marked = node.inputStreamInfo.filter((one) => one.backEdge);
  const back = new Set(located(node, () => marked.map((one) => inputs.require(one.tagIndex))));
  const streams = inputs.entries.filter((_, place) => !back.has(place));
  return [...streams, ...splitEntries(node.inputSidePacket)].map(({ name }) => name);
}

export function outputsOf(node: NodeConfig): string[] {
  return [...splitEntries(node.outputStream), ...splitEntries(node.outputSidePacket)].map(({ name }) => name);
}

/** The nodes, each after those that it reads from, else as they are given; `left` are in a cycle, or behind one. */
export function topologicalOrder(nodes: readonly NodeConfig[]): { order: NodeConfig[]; left: NodeConfig[] } {
  const producers = new Map(nodes.flatMap((node, index) => outputsOf(node).map((name) => [name, index] as const)));
  const before = nodes.map((node) => producersOf(node, producers));
  const after: number[][] = nodes.map(() => []);
  before.forEach((from, index) => {
    for (const producer of from) after[producer]!.push(index);
  });
  const missing = before.map((from) => from.size);
  const order = [...nodes.keys()].filter((index) => missing[index] === 0);
  for (const index of order) for (const next of after[index]!) if (--missing[next]! === 0) order.push(next);
  const left = nodes.filter((_, index) => missing[index]! > 0);
  return { order: order.map((index) => nodes[index]!), left };
}

function producersOf(node: NodeConfig, producers: ReadonlyMap<string, number>): Set<number> {
  const found = forwardInputs(node).map((name) => producers.get(name));
  return new Set(found.filter((index) => index !== undefined));
}
