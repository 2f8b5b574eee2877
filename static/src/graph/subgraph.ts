/**
 * Expanding subgraphs: each node that stands for a whole graph makes room for that graph's nodes.
 *
 * Source: mediapipe/framework/tool/subgraph_expansion.cc. As there, inner names are prefixed "<node>__", the nodes of
 * a subgraph follow those of the graph around it, and executors that a subgraph declares do not count.
 */

import type { Edges, GraphConfig, NodeConfig } from "./config";
import { ConfigError } from "./config";
import type { Field } from "./name_rules";
import { FIELDS, nodeNames, wholeTagIndex } from "./name_rules";
import { passOptions } from "./option_passing";
import type { SidePacketValues } from "./switch_container";
import { SWITCH_CONTAINER, switched } from "./switch_container";
import { splitEntries } from "./tag_map";

/** The subgraph of a name, if there is one. */
export type Find = (name: string) => GraphConfig | undefined;

/** Subgraphs within subgraphs. */
const DEPTH_LIMIT = 32;
const NODE_LIMIT = 100_000;

/**
 * The config with calculators alone, each with a name of its own.
 *
 * A SwitchContainer chooses by the side packets, as far as their values are known. Throws a {@link ConfigError} if a
 * subgraph contains itself, its node has a tag that it lacks or a field that only calculators have, or a
 * SwitchContainer cannot choose.
 */
export function expand(config: GraphConfig, find: Find, sidePackets: SidePacketValues = {}): GraphConfig {
  let whole: GraphConfig = { ...config, node: passOptions(config.node, config.options) };
  for (let depth = 0; ; depth++) {
    const names = nodeNames(whole.node);
    whole = { ...whole, node: whole.node.map((node, index) => ({ ...node, name: names[index]! })) };
    const left = whole.node.find((node) => standsForNodes(node, find));
    if (!left) return whole;
    if (depth === DEPTH_LIMIT) {
      const by = `by way of the node '${left.name.slice(0, 80)}'`;
      throw new ConfigError(`the subgraph '${left.calculator}' contains itself, ${by}`);
    }
    whole = expandOnce(whole, find, sidePackets);
  }
}

function standsForNodes({ calculator }: NodeConfig, find: Find): boolean {
  return calculator === SWITCH_CONTAINER || find(calculator) !== undefined;
}

function expandOnce(whole: GraphConfig, find: Find, sidePackets: SidePacketValues): GraphConfig {
  const kept = whole.node.filter((node) => !standsForNodes(node, find));
  const inner: NodeConfig[] = [];
  for (const node of whole.node) {
    const subgraph = find(node.calculator);
    if (node.calculator === SWITCH_CONTAINER) inner.push(...inContainer(whole, node, sidePackets));
    else if (subgraph) inner.push(...innerNodes(node, subgraph));
    if (kept.length + inner.length > NODE_LIMIT) {
      throw new ConfigError(`the subgraph '${node.calculator}' makes the graph larger than ${NODE_LIMIT} nodes`);
    }
  }
  return { ...whole, node: [...kept, ...inner] };
}

function inContainer(whole: GraphConfig, node: NodeConfig, sidePackets: SidePacketValues): NodeConfig[] {
  refuseCalculatorFields(node);
  const found = switched(whole, node, sidePackets);
  return "node" in found ? innerNodes(node, found) : passOptions([found], node.options);
}

/** The nodes that take the place of a subgraph's node. */
function innerNodes(node: NodeConfig, subgraph: GraphConfig): NodeConfig[] {
  refuseCalculatorFields(node);
  const nodes = passOptions(subgraph.node, { ...subgraph.options, ...node.options });
  const prefix = `${node.name.toLowerCase().replace(/[. :]/g, "_")}__`;
  const names = nodeNames(nodes);
  const streams = connections(node, subgraph, "inputStream", "outputStream");
  const sides = connections(node, subgraph, "inputSidePacket", "outputSidePacket");
  return nodes.map((inner, index) => ({
    ...inner,
    name: prefix + names[index]!,
    inputStreamInfo: keptInfo(inner, streams.unconnected),
    ...renamed(inner, prefix, streams, sides),
  }));
}

function refuseCalculatorFields(node: NodeConfig): void {
  const given: Record<string, unknown> = {
    source_layer: node.sourceLayer,
    buffer_size_hint: node.bufferSizeHint,
    input_stream_handler: node.inputStreamHandler,
    input_stream_info: node.inputStreamInfo.length,
    executor: node.executor,
    max_in_flight: node.maxInFlight,
  };
  const field = Object.keys(given).find((name) => given[name]);
  if (field === undefined) return;
  const wrong = `the node '${node.name}' is the subgraph '${node.calculator}', so it may not have '${field}'`;
  throw new ConfigError(`${wrong}, which only calculators have; give it to a node of the subgraph`);
}

/** For inner names the outer names, and the inner names of the inputs that the node leaves unconnected. */
interface Connections {
  readonly names: ReadonlyMap<string, string>;
  readonly unconnected: ReadonlySet<string>;
}

function connections(node: NodeConfig, subgraph: GraphConfig, input: Field, output: Field): Connections {
  const names = new Map<string, string>();
  for (const field of [input, output]) {
    const inner = new Map(splitEntries(subgraph[field]).map((one) => [`${one.tag}:${one.index}`, one.name]));
    for (const { tag, index, name } of splitEntries(node[field])) {
      const own = inner.get(`${tag}:${index}`);
      if (own === undefined) throw unknownPort(node, field, `${tag}:${index}`, [...inner.keys()]);
      if (names.has(own)) throw givenTwice(node, own);
      names.set(own, name);
    }
  }
  const inputs = splitEntries(subgraph[input]).map(({ name }) => name);
  return { names, unconnected: new Set(inputs.filter((name) => !names.has(name))) };
}

function unknownPort(node: NodeConfig, field: Field, port: string, known: readonly string[]): ConfigError {
  const told = known.map((one) => `'${one}'`).join(", ") || "none";
  const name = field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return new ConfigError(`the node '${node.name}': the subgraph '${node.calculator}' has no ${name} '${port}'; it has ${told}`);
}

function givenTwice(node: NodeConfig, name: string): ConfigError {
  const wrong = `the node '${node.name}': the subgraph '${node.calculator}' gives out '${name}' twice, or as it came in`;
  return new ConfigError(`${wrong}; put a PassThroughCalculator between`);
}

/** The edges with outer names; inputs that nothing is connected to are left out. */
function renamed(node: NodeConfig, prefix: string, streams: Connections, sides: Connections): Edges {
  const entries = FIELDS.map((field) => {
    const { names, unconnected } = field.endsWith("SidePacket") ? sides : streams;
    const split = node[field].map((entry) => [entry.slice(0, entry.lastIndexOf(":") + 1), nameOf(entry)] as const);
    const kept = split.filter(([, name]) => !(field.startsWith("input") && unconnected.has(name)));
    return [field, kept.map(([tag, name]) => tag + (names.get(name) ?? prefix + name))] as const;
  });
  return Object.fromEntries(entries) as unknown as Edges;
}

function nameOf(entry: string): string {
  return entry.slice(entry.lastIndexOf(":") + 1);
}

function keptInfo(node: NodeConfig, unconnected: ReadonlySet<string>): NodeConfig["inputStreamInfo"] {
  const gone = splitEntries(node.inputStream).filter(({ name }) => unconnected.has(name));
  const ports = gone.map(({ tag, index }) => `${tag}:${index}`);
  return node.inputStreamInfo.filter(({ tagIndex }) => !ports.includes(wholeTagIndex(tagIndex)));
}
