/**
 * SwitchContainer: a node that stands for one of the nodes that its options contain.
 *
 * Where the choice is known before the run, the chosen node takes the container's place, and the others are not made.
 * Where a stream or another node says it, all are made, between a SwitchDemuxCalculator and a SwitchMuxCalculator.
 * Source: mediapipe/framework/tool/switch_container.cc, which always does the latter.
 */

import type { Options } from "./calculator";
import type { GraphConfig, NodeConfig } from "./config";
import { ConfigError, fromJson, told } from "./config";
import type { Field } from "./name_rules";
import { FIELDS } from "./name_rules";
import { splitEntries } from "./tag_map";

export const SWITCH_CONTAINER = "SwitchContainer";
/** Values of the graph's side packets by name, as far as they are known. */
export type SidePacketValues = Readonly<Record<string, unknown>>;

const CHOICES = ["SELECT", "ENABLE"];
const GATES = CHOICES.map((tag) => `${tag}:gate_${tag.toLowerCase()}`);
const VALUES = ["int_value", "bool_value", "uint64_value"];
/** What a channel's port is to the demux or the mux that it is connected to. */
const CROSSED = {
  inputStream: "outputStream",
  outputStream: "inputStream",
  inputSidePacket: "outputSidePacket",
  outputSidePacket: "inputSidePacket",
} as const satisfies Record<Field, Field>;

type Ports = Record<Field, string[]>;

/**
 * What a SwitchContainer stands for: the chosen node, connected as the container is; or a subgraph of all.
 *
 * The number of the node (SELECT, from 0), or whether it is the second (ENABLE), is the value of a side packet, else
 * the option `select` or `enable`, else 0; a stream SELECT or ENABLE changes it while the graph runs. Throws a
 * {@link ConfigError} if there are both SELECT and ENABLE, or there is no such node.
 */
export function switched(config: GraphConfig, node: NodeConfig, sidePackets: SidePacketValues): NodeConfig | GraphConfig {
  const where = `the node '${node.name}'`;
  requireOneChoice(where, node);
  const contained = containedNodes(where, node);
  const known = { ...constants(config), ...sidePackets };
  const choice = choiceOf(where, node, known);
  const chosen = contained[choice];
  if (!chosen) throw new ConfigError(`${where} selects ${choice}, but contains ${contained.length} nodes, from 0`);
  if (isChosenLater(config, node, known)) return allChannels(node, contained);
  const edges = Object.fromEntries(FIELDS.map((field) => [field, dataOf(node, field)]));
  return { ...chosen, ...edges, name: `${node.name}__${chosen.name}` };
}

function isChoice(entry: string): boolean {
  return entry.includes(":") && CHOICES.includes(entry.split(":")[0]!);
}

function requireOneChoice(where: string, node: NodeConfig): void {
  for (const [field, name] of [["inputStream", "input_stream"], ["inputSidePacket", "input_side_packet"]] as const) {
    if (new Set(node[field].filter(isChoice).map((entry) => entry.split(":")[0])).size > 1) {
      throw new ConfigError(`${where} has both ${name}s 'SELECT' and 'ENABLE'; give one`);
    }
  }
  if ("select" in node.options && "enable" in node.options) {
    throw new ConfigError(`${where} has both options 'select' and 'enable'; give one`);
  }
  if (node.options["async_selection"]) {
    throw new ConfigError(`${where} has the option 'async_selection', which is not supported; leave it out`);
  }
}

function dataOf(node: NodeConfig, field: Field): string[] {
  return node[field].filter((entry) => !isChoice(entry));
}

function containedNodes(where: string, node: NodeConfig): readonly NodeConfig[] {
  try {
    return fromJson({ node: node.options["contained_node"] ?? [] }).node;
  } catch (error) {
    throw new ConfigError(`${where}, option 'contained_node': ${(error as Error).message}`);
  }
}

function choiceOf(where: string, node: NodeConfig, known: SidePacketValues): number {
  let stated: unknown = node.options["select"] ?? node.options["enable"] ?? 0;
  for (const { tag, name } of splitEntries(node.inputSidePacket)) {
    if (CHOICES.includes(tag) && Object.hasOwn(known, name)) stated = known[name];
  }
  if (typeof stated === "boolean" || Number.isInteger(stated)) return Number(stated);
  throw new ConfigError(`${where} is to select ${told(stated)}; give a whole number, or true or false`);
}

function isChosenLater(config: GraphConfig, node: NodeConfig, known: SidePacketValues): boolean {
  const made = new Set(config.node.flatMap((one) => splitEntries(one.outputSidePacket).map(({ name }) => name)));
  const sides = splitEntries(node.inputSidePacket.filter(isChoice));
  return node.inputStream.some(isChoice) || sides.some(({ name }) => made.has(name) && !Object.hasOwn(known, name));
}

/** The values that ConstantSidePacketCalculators give, by side packet. */
function constants(config: GraphConfig): SidePacketValues {
  const values: Record<string, unknown> = {};
  for (const node of config.node) {
    if (node.calculator !== "ConstantSidePacketCalculator") continue;
    const packets = (node.options["packet"] ?? []) as readonly Options[];
    for (const { index, name } of splitEntries(node.outputSidePacket)) {
      const key = VALUES.find((one) => packets[index]?.[one] !== undefined);
      if (key !== undefined) values[name] = packets[index]![key];
    }
  }
  return values;
}

/** The subgraph of a demux, a mux, and between them all contained nodes. */
function allChannels(node: NodeConfig, contained: readonly NodeConfig[]): GraphConfig {
  const choices = splitEntries(node.inputStream.filter(isChoice)).map(({ tag }) => tag);
  const timed = choices.map((tag) => `${tag}:gate_${tag.toLowerCase()}_timed`);
  const [graph, demux, mux] = [gated(GATES), gated(timed), gated(timed)];
  const nodes = contained.map((one) => ({ ...one, ...noPorts() }));
  const used = new Set<string>();
  for (const field of FIELDS) {
    const end = field.startsWith("input") ? demux : mux;
    for (const { tag, index, name: outer } of splitEntries(dataOf(node, field))) {
      const name = unused(outer, used);
      for (const part of [graph, end]) part[field].push(entryOf(tag, index, name));
      nodes.forEach((one, channel) => {
        one[field].push(entryOf(tag, index, `c${channel}__${name}`));
        end[CROSSED[field]].push(entryOf(`C${channel}__${tag}`, index, `c${channel}__${name}`));
      });
    }
  }
  const options = Object.fromEntries(Object.entries(node.options).filter(([name]) => name !== "contained_node"));
  const ends = [["SwitchDemuxCalculator", demux], ["SwitchMuxCalculator", mux]] as const;
  const ticks = graph.inputStream.slice(GATES.length).map((entry, index) => `TICK:${index}:${entry.split(":").at(-1)!}`);
  const made = ends.map(([calculator, ports]) => ({ calculator, options, ...ports }));
  return withNodes(graph, [...choices.map((tag) => sequencer(tag, ticks)), ...made], nodes);
}

/** What gives the choice timestamps before those of the packets that it counts for. */
function sequencer(tag: string, ticks: readonly string[]): object {
  const gate = `gate_${tag.toLowerCase()}`;
  return {
    calculator: "PacketSequencerCalculator",
    inputStream: [`INPUT:${gate}`, ...ticks],
    outputStream: [`OUTPUT:${gate}_timed`],
    inputStreamHandler: { inputStreamHandler: "DefaultInputStreamHandler", options: {} },
  };
}

function withNodes(graph: Ports, ends: readonly object[], nodes: readonly NodeConfig[]): GraphConfig {
  const plain = fromJson({ node: ends.map((one) => ({ calculator: (one as NodeConfig).calculator })) });
  const whole = plain.node.map((one, index) => ({ ...one, ...ends[index] }));
  return { ...plain, ...graph, node: [...whole, ...nodes] };
}

function noPorts(): Ports {
  return { inputStream: [], outputStream: [], inputSidePacket: [], outputSidePacket: [] };
}

function gated(streams: readonly string[]): Ports {
  return { ...noPorts(), inputStream: [...streams], inputSidePacket: [...GATES] };
}

function entryOf(tag: string, index: number, name: string): string {
  return tag ? `${tag}:${index}:${name}` : name;
}

/** The name, or where it is used already name_2, name_3, … */
function unused(name: string, used: Set<string>): string {
  let found = name;
  for (let n = 2; used.has(found); n++) found = `${name}_${n}`;
  used.add(found);
  return found;
}
