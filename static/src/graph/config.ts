/** The graph as data: `graph.json`, MediaPipe's `CalculatorGraphConfig` in protobuf's JSON form. */

import type { Options } from "./calculator";

/** Which input policy a node, or the whole graph, has. */
export interface HandlerConfig {
  readonly inputStreamHandler: string;
  readonly options: Options;
}

/** More about one input; `tagIndex` is "TAG", "TAG:1", ":2" or "" (which is ":0"). */
export interface InputStreamInfo {
  readonly tagIndex: string;
  readonly backEdge: boolean;
}

/** A pool of threads; `name` "" is the graph's default one. */
export interface ExecutorConfig {
  readonly name: string;
  readonly type: string;
  readonly options: Options;
}

/** One calculator and its edges; entries are "TAG:index:name", "TAG:name" or "name". */
export interface NodeConfig {
  readonly name: string;
  readonly calculator: string;
  readonly inputStream: readonly string[];
  readonly outputStream: readonly string[];
  readonly inputSidePacket: readonly string[];
  readonly outputSidePacket: readonly string[];
  readonly options: Options;
  readonly inputStreamInfo: readonly InputStreamInfo[];
  readonly inputStreamHandler: HandlerConfig | null;
  /** Sources of a lower layer run first. */
  readonly sourceLayer: number;
  readonly executor: string;
}

export interface GraphConfig {
  readonly inputStream: readonly string[];
  readonly outputStream: readonly string[];
  readonly inputSidePacket: readonly string[];
  readonly outputSidePacket: readonly string[];
  readonly node: readonly NodeConfig[];
  readonly inputStreamHandler: HandlerConfig | null;
  /** Packets that an input's queue holds before sources wait; -1: no limit. */
  readonly maxQueueSize: number;
  /** Whether a graph that is stuck on full queues fails, rather than have them grow. */
  readonly reportDeadlock: boolean;
  readonly numThreads: number;
  readonly executor: readonly ExecutorConfig[];
}

/** A graph config that breaks a rule. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

type Json = Record<string, unknown>;

// mediapipe/framework/calculator.proto; as in proto3, 0 means that none is given.
const MAX_QUEUE_SIZE = 100;

/** Reads a config, proving its form; throws a {@link ConfigError} that says where it is wrong. */
export function fromJson(value: unknown): GraphConfig {
  const where = "the graph";
  const fields = asObject(where, value);
  return {
    inputStream: strings(where, fields, "input_stream"),
    outputStream: strings(where, fields, "output_stream"),
    inputSidePacket: strings(where, fields, "input_side_packet"),
    outputSidePacket: strings(where, fields, "output_side_packet"),
    node: list(where, fields, "node").map((node, index) => nodeFromJson(`node ${index}`, node)),
    inputStreamHandler: handler(where, fields),
    maxQueueSize: integer(where, fields, "max_queue_size") || MAX_QUEUE_SIZE,
    reportDeadlock: flag(where, fields, "report_deadlock"),
    numThreads: integer(where, fields, "num_threads"),
    executor: list(where, fields, "executor").map((one, index) => executor(`executor ${index}`, one)),
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
    options: nodeOptions(where, fields),
    inputStreamInfo: list(where, fields, "input_stream_info").map((one) => info(where, one)),
    inputStreamHandler: handler(where, fields),
    sourceLayer: integer(where, fields, "source_layer"),
    executor: text(where, fields, "executor"),
  };
}

function nodeOptions(where: string, fields: Json): Options {
  const value = fields["node_options"] ?? [];
  if (!Array.isArray(value) || value.length > 1) {
    throw new ConfigError(`${where}: 'node_options' must be a list of at most one object`);
  }
  return value.length ? asObject(`${where}, options`, value[0]) : extension(where, fields);
}

/** The fields of `options: {"[mediapipe.NameOptions.ext]": {…}}`. */
function extension(where: string, fields: Json): Options {
  const options = asObject(`${where}, options`, fields["options"] ?? {});
  const name = Object.keys(options).find((key) => key.startsWith("["));
  return name === undefined ? options : asObject(`${where}, '${name}'`, options[name]);
}

function handler(where: string, fields: Json): HandlerConfig | null {
  const value = fields["input_stream_handler"];
  if (value === undefined) return null;
  const inner = asObject(`${where}, 'input_stream_handler'`, value);
  const name = inner["input_stream_handler"] ?? "DefaultInputStreamHandler";
  if (typeof name !== "string") throw new ConfigError(`${where}: 'input_stream_handler' must name a handler`);
  return { inputStreamHandler: name, options: extension(where, inner) };
}

function info(where: string, value: unknown): InputStreamInfo {
  const fields = asObject(`${where}, 'input_stream_info'`, value);
  return { tagIndex: text(where, fields, "tag_index"), backEdge: flag(where, fields, "back_edge") };
}

function executor(where: string, value: unknown): ExecutorConfig {
  const fields = asObject(where, value);
  return { name: text(where, fields, "name"), type: text(where, fields, "type"), options: extension(where, fields) };
}

function asObject(where: string, value: unknown): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(`${where} must be a JSON object`);
  }
  return value as Json;
}

function list(where: string, fields: Json, key: string): unknown[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) throw new ConfigError(`${where}: '${key}' must be a list`);
  return value;
}

function strings(where: string, fields: Json, key: string): string[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string")) {
    throw new ConfigError(`${where}: '${key}' must be a list of strings`);
  }
  return value;
}

function text(where: string, fields: Json, key: string): string {
  const value = fields[key] ?? "";
  if (typeof value !== "string") throw new ConfigError(`${where}: '${key}' must be a string`);
  return value;
}

function integer(where: string, fields: Json, key: string): number {
  const value = fields[key] ?? 0;
  if (!Number.isSafeInteger(value)) throw new ConfigError(`${where}: '${key}' must be a whole number`);
  return value as number;
}

function flag(where: string, fields: Json, key: string): boolean {
  const value = fields[key] ?? false;
  if (typeof value !== "boolean") throw new ConfigError(`${where}: '${key}' must be true or false`);
  return value;
}
