/** The graph as data: `graph.json`, MediaPipe's `CalculatorGraphConfig` in protobuf's JSON form. */

import type { Options } from "./calculator";

export interface NodeConfig {
  readonly name: string;
  readonly calculator: string;
  readonly inputStream: readonly string[];
  readonly outputStream: readonly string[];
  readonly inputSidePacket: readonly string[];
  readonly outputSidePacket: readonly string[];
  readonly options: Options;
}

export interface GraphConfig {
  readonly inputStream: readonly string[];
  readonly outputStream: readonly string[];
  readonly node: readonly NodeConfig[];
}

/** A graph config that breaks a rule. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

type Json = Record<string, unknown>;

/** Reads a config, proving its form; throws a {@link ConfigError} that says where it is wrong. */
export function fromJson(value: unknown): GraphConfig {
  const fields = asObject("the graph", value);
  const nodes = fields["node"] ?? [];
  if (!Array.isArray(nodes)) throw new ConfigError("the graph: 'node' must be a list");
  return {
    inputStream: strings("the graph", fields, "input_stream"),
    outputStream: strings("the graph", fields, "output_stream"),
    node: nodes.map((node, index) => nodeFromJson(`node ${index}`, node)),
  };
}

function nodeFromJson(where: string, value: unknown): NodeConfig {
  const fields = asObject(where, value);
  const calculator = fields["calculator"];
  const name = fields["name"] ?? calculator;
  if (typeof calculator !== "string" || typeof name !== "string") {
    throw new ConfigError(`${where}: 'calculator' and 'name' must be strings`);
  }
  return {
    name,
    calculator,
    inputStream: strings(where, fields, "input_stream"),
    outputStream: strings(where, fields, "output_stream"),
    inputSidePacket: strings(where, fields, "input_side_packet"),
    outputSidePacket: strings(where, fields, "output_side_packet"),
    options: onlyOptions(where, fields["node_options"] ?? []),
  };
}

function onlyOptions(where: string, value: unknown): Options {
  if (!Array.isArray(value) || value.length > 1) {
    throw new ConfigError(`${where}: 'node_options' must be a list of at most one object`);
  }
  return value.length ? asObject(`${where}, options`, value[0]) : {};
}

function asObject(where: string, value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(`${where} must be a JSON object`);
  }
  return value as Json;
}

function strings(where: string, fields: Json, key: string): string[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) {
    throw new ConfigError(`${where}: '${key}' must be a list of strings`);
  }
  return value;
}

/** The tag ("" for none) and the name of an entry such as "IMAGE:frame" or "frame". */
export function splitName(entry: string): [tag: string, name: string] {
  const colon = entry.lastIndexOf(":");
  return [colon < 0 ? "" : entry.slice(0, colon).split(":")[0]!, entry.slice(colon + 1)];
}
