/**
 * The graph as data: MediaPipe's `CalculatorGraphConfig`, in protobuf's JSON form with proto field names.
 *
 * The fields of its messages are in proto/shapes.json, which is made of the desktop's table. As in proto3, a number 0,
 * an empty string and a flag false mean "not given".
 */

import type { Options } from "./calculator";
import type { Message } from "./proto/shapes";
import { MESSAGES, SHAPES } from "./proto/shapes";

/** Which input policy a node, or the whole graph, has. */
export interface HandlerConfig {
  readonly inputStreamHandler: string;
  /** The full name of the options' message; "" if it is not given. */
  readonly optionsType?: string;
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

/** The streams and side packets of a node or a graph; entries are "TAG:index:name", "TAG:name" or "name". */
export interface Edges {
  readonly inputStream: readonly string[];
  readonly outputStream: readonly string[];
  readonly inputSidePacket: readonly string[];
  readonly outputSidePacket: readonly string[];
}

/** One calculator and its edges. */
export interface NodeConfig extends Edges {
  readonly name: string;
  readonly calculator: string;
  readonly options: Options;
  readonly inputStreamInfo: readonly InputStreamInfo[];
  readonly inputStreamHandler: HandlerConfig | null;
  readonly outputStreamHandler: Options;
  /** Sources of a lower layer run first. */
  readonly sourceLayer: number;
  /** Packets that the node gathers before it emits. */
  readonly bufferSizeHint: number;
  readonly executor: string;
  /** How many invocations may run at once; 0: one. */
  readonly maxInFlight: number;
  /** "field:options/graph_field" takes a field's value from the graph's options. */
  readonly optionValue: readonly string[];
}

export interface GraphConfig extends Edges {
  readonly node: readonly NodeConfig[];
  readonly inputStreamHandler: HandlerConfig | null;
  readonly outputStreamHandler: Options;
  /** Packets that an input's queue holds before sources wait; 0: 100, -1: no limit. */
  readonly maxQueueSize: number;
  /** Whether a graph that is stuck on full queues fails, rather than have them grow. */
  readonly reportDeadlock: boolean;
  readonly numThreads: number;
  readonly executor: readonly ExecutorConfig[];
  readonly profilerConfig: Options;
  readonly runtimeInfo: Options;
  /** What a node calls this graph where it is a subgraph. */
  readonly type: string;
  readonly options: Options;
}

/** A graph config that breaks a rule. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/** Throws a {@link ConfigError} with all the problems, one a line, if there are any. */
export function refuse(problems: Iterable<string>): void {
  const told = [...new Set(problems)];
  if (told.length) throw new ConfigError(told.join("\n"));
}

type Json = Record<string, unknown>;

/** The field in which a message keeps options of any type; the others have extensions of `options` alone. */
const ANY_OPTIONS: Readonly<Record<string, string>> = { [MESSAGES.graph]: "graph_options", [MESSAGES.node]: "node_options" };
// What has no shape of its own here: options, and the parts that are kept as they are stated.
const SCALARS: Readonly<Record<string, readonly [(value: unknown) => boolean, unknown, string]>> = {
  string: [(value) => typeof value === "string", "", "a string"],
  int32: [(value) => Number.isInteger(value) && Math.abs((value as number) + 0.5) < 2 ** 31, 0, "a whole number of 32 bits"],
  bool: [(value) => typeof value === "boolean", false, "true or false"],
};

/** Reads a config, proving its form; throws a {@link ConfigError} that names every place where it is wrong. */
export function fromJson(value: unknown): GraphConfig {
  const reader = new Reader();
  const config = reader.message(MESSAGES.graph, "the graph", value);
  refuse(reader.problems);
  return config as unknown as GraphConfig;
}

class Reader {
  readonly problems: string[] = [];

  message(name: Message, where: string, value: unknown): Json {
    const shape = SHAPES[name];
    const fields = this.object(where, value, Object.keys(shape));
    const kinds = Object.entries(shape).filter(([field]) => !field.endsWith("options"));
    const read = kinds.map(([field, kind]) => [camelCase(field), this.field(where, fields, field, kind)] as const);
    const found: Json = { ...Object.fromEntries(read), ...("options" in shape ? this.options(name, where, fields) : {}) };
    if (name === MESSAGES.node) this.finishNode(where, fields, found);
    return name === MESSAGES.handler ? found : { ...found, ...handlerOf(found) };
  }

  private finishNode(where: string, fields: Json, found: Json): void {
    const isMissing = fields["calculator"] === undefined || fields["calculator"] === "";
    if (isMissing) this.problems.push(`${where}: 'calculator' is missing; it names what the node is`);
    found["name"] ||= found["calculator"];
  }

  private object(where: string, value: unknown, known?: readonly string[]): Json {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.problems.push(`${where} must be a JSON object`);
      return {};
    }
    const unknown = known ? Object.keys(value).filter((name) => !known.includes(name)) : [];
    for (const name of unknown.sort()) {
      this.problems.push(`${where} has an unknown field '${name}'; known are ${known!.toSorted().join(", ")}`);
    }
    return value as Json;
  }

  private field(where: string, fields: Json, name: string, shape: unknown): unknown {
    const value = fields[name];
    const isList = Array.isArray(shape);
    const kind: unknown = isList ? shape[0] : shape;
    if (value === undefined) return isList ? [] : emptyOf(kind);
    if (!isList) return this.one(`${where}: '${name}'`, `${where}, '${name}'`, value, kind);
    const isFitting = Array.isArray(value) && (kind !== "string" || value.every((one) => typeof one === "string"));
    if (!isFitting) {
      this.problems.push(`${where}: '${name}' must be a list${kind === "string" ? " of strings" : ""}`);
      return [];
    }
    const outer = where === "the graph" ? "" : `${where}, `;
    return value.map((one: unknown, index) => this.one("", `${outer}${name} ${index}`, one, kind));
  }

  private one(what: string, where: string, value: unknown, kind: unknown): unknown {
    if (typeof kind !== "string") return this.part(what, value);
    const scalar = SCALARS[kind];
    if (!scalar) return this.message(kind as Message, where, value);
    const [fits, otherwise, wanted] = scalar;
    if (fits(value)) return value;
    this.problems.push(`${what} must be ${wanted}, not ${told(value)}`);
    return otherwise;
  }

  private part(what: string, value: unknown): Json {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
    this.problems.push(`${what} must be a JSON object, not ${told(value)}`);
    return {};
  }

  /** As in MediaPipe, where there are both forms of options the older counts. */
  private options(message: Message, where: string, fields: Json): { optionsType: string; options: Options } {
    const name = ANY_OPTIONS[message];
    const newer = this.anyOptions(where, name ?? "", name === undefined ? [] : (fields[name] ?? []));
    const older = this.extension(where, this.object(`${where}, 'options'`, fields["options"] ?? {}));
    const types = [older, newer].map(({ optionsType }) => optionsType).filter(Boolean).sort();
    if (types.length > 1 && types[0] !== types[1]) {
      this.problems.push(`${where}: 'options' and '${name!}' have different types, ${types.join(" and ")}`);
    }
    const found = older.optionsType || Object.keys(older.options).length ? older : newer;
    return Object.keys(found.options).length ? found : { optionsType: "", options: {} };
  }

  private anyOptions(where: string, name: string, value: unknown): { optionsType: string; options: Options } {
    const [first = {}, ...more] = Array.isArray(value) ? (value as unknown[]) : [null];
    if (more.length || typeof first !== "object" || first === null || Array.isArray(first)) {
      this.problems.push(`${where}: '${name}' must be a list of at most one object`);
      return { optionsType: "", options: {} };
    }
    const { "@type": type = "", ...options } = first as Json;
    const stated = this.one(`${where}, '${name}': '@type'`, where, type, "string") as string;
    return { optionsType: stated.slice(stated.lastIndexOf("/") + 1), options };
  }

  /** The fields of `options: {"[mediapipe.NameOptions.ext]": {…}}`, or plain ones. */
  private extension(where: string, options: Json): { optionsType: string; options: Options } {
    const name = Object.keys(options).find((key) => key.startsWith("["));
    if (name === undefined) return { optionsType: "", options };
    if (Object.keys(options).length > 1 || !name.endsWith(".ext]")) {
      this.problems.push(`${where}: 'options' must be one extension, such as '[mediapipe.NameOptions.ext]'`);
    }
    return { optionsType: name.slice(1, -5), options: this.object(`${where}, '${name}'`, options[name]) };
  }
}

/** A handler without a name is the default one if it has options, and else none. */
function handlerOf(found: Json): Json {
  const handler = found["inputStreamHandler"] as HandlerConfig | null | undefined;
  if (!handler || handler.inputStreamHandler) return {};
  const isStated = Object.keys(handler.options).length > 0;
  return { inputStreamHandler: isStated ? { ...handler, inputStreamHandler: "DefaultInputStreamHandler" } : null };
}

function emptyOf(kind: unknown): unknown {
  if (typeof kind !== "string") return {};
  return kind in SCALARS ? SCALARS[kind]![1] : null;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A wrong value, in short. */
export function told(value: unknown): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return typeof value === "string" ? `'${value.slice(0, 80)}'` : String(value);
}
