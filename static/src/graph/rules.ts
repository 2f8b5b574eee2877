/** The rules that a graph config must obey before it may run; all problems of a config are found at once. */

import type { GraphConfig, NodeConfig } from "./config";
import { refuse } from "./config";
import { executorProblems } from "./executors";
import { settingProblems } from "./setting_rules";
import { splitEntries } from "./tag_map";
import { topologicalOrder } from "./topology";

// mediapipe/framework/tool/validate_name.cc
const ENTRY = /^(?:[A-Z_][A-Z0-9_]*:(?:(?:0|[1-9][0-9]*):)?)?[a-z_][a-z0-9_]*$/;
const KINDS = ["inputStream", "outputStream", "inputSidePacket", "outputSidePacket"] as const;

/** The nodes in the order of their ids; throws a {@link ConfigError} that names every problem, one a line. */
export function check(config: GraphConfig, known: ReadonlySet<string>): readonly NodeConfig[] {
  refuse(entries(config));
  refuse([
    ...unknown(config, known),
    ...executorProblems(config),
    ...settingProblems(config),
    ...producers(config),
    ...consumers(config),
  ]);
  const { order, left } = topologicalOrder(config.node);
  refuse(left.length ? [circle(left)] : []);
  return order;
}

function* unknown(config: GraphConfig, known: ReadonlySet<string>): Iterable<string> {
  for (const node of config.node) {
    if (!known.has(node.calculator)) yield `the node '${node.name}' is a '${node.calculator}', which is not known`;
  }
}

function* entries(config: GraphConfig): Iterable<string> {
  for (const kind of KINDS) yield* entriesOf("the graph", config[kind]);
  for (const node of config.node) for (const kind of KINDS) yield* entriesOf(`the node '${node.name}'`, node[kind]);
}

function* entriesOf(where: string, given: readonly string[]): Iterable<string> {
  for (const entry of given) {
    if (!ENTRY.test(entry)) yield `${where}: '${entry}' is no stream; write "name", "TAG:name" or "TAG:1:name"`;
  }
  const ports = splitEntries(given);
  const named = ports.map(({ tag, index }) => `${tag}:${index}`);
  for (const port of twice(named)) yield `${where}: '${port}' is given twice; give each its own index`;
  for (const { tag, index } of ports) {
    const isGap = index > 0 && !named.includes(`${tag}:${index - 1}`);
    if (isGap) yield `${where}: '${tag}:${index}' is given and '${tag}:${index - 1}' is not; indices have no gaps`;
  }
}

function twice(names: readonly string[]): Set<string> {
  const seen = new Set<string>();
  return new Set(names.filter((name) => seen.size === seen.add(name).size));
}

const PAIRS = [
  ["stream", "inputStream", "outputStream"],
  ["side packet", "inputSidePacket", "outputSidePacket"],
] as const;

function* producers(config: GraphConfig): Iterable<string> {
  for (const [what, input, output] of PAIRS) {
    for (const name of twice(made(config, input, output))) {
      yield `the ${what} '${name}' has more than one producer: ${producersOf(config, name, output)}; it may have one`;
    }
  }
}

type Inputs = "inputStream" | "inputSidePacket";
type Outputs = "outputStream" | "outputSidePacket";

function made(config: GraphConfig, input: Inputs, output: Outputs): string[] {
  return names([...config[input], ...config.node.flatMap((node) => node[output])]);
}

function names(given: readonly string[]): string[] {
  return splitEntries(given).map(({ name }) => name);
}

function producersOf(config: GraphConfig, name: string, output: Outputs): string {
  const nodes = config.node.filter((node) => names(node[output]).includes(name)).map((node) => `'${node.name}'`);
  return nodes.join(", ");
}

function* consumers(config: GraphConfig): Iterable<string> {
  const streams = new Set(made(config, "inputStream", "outputStream"));
  for (const node of config.node) {
    for (const name of names(node.inputStream)) {
      if (!streams.has(name)) yield `the node '${node.name}' reads '${name}', which nothing produces`;
    }
  }
  for (const name of names(config.outputStream)) {
    if (!streams.has(name)) yield `the graph's output '${name}' is produced by nothing`;
  }
}

function circle(nodes: readonly NodeConfig[]): string {
  const named = nodes.map((node) => `'${node.name}'`).join(", ");
  return `these nodes wait for each other in a circle: ${named}; mark an input with input_stream_info { back_edge }`;
}
