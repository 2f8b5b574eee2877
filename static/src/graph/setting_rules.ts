/** Rules of what is set rather than connected: numbers, input policies and their options, profiling. */

import type { Options } from "./calculator";
import type { GraphConfig, HandlerConfig, NodeConfig } from "./config";
import { told } from "./config";
import { wholeTagIndex } from "./name_rules";
import type { Fields, Message, Shape } from "./proto/shapes";
import { MESSAGES, SHAPES } from "./proto/shapes";
import { splitEntries } from "./tag_map";

const OUTPUT_STREAM_HANDLER = "InOrderOutputStreamHandler";

/** What is wrong with the settings of a config. */
export function* settingProblems(config: GraphConfig): Iterable<string> {
  yield* leastProblems("the graph", { num_threads: [config.numThreads, 0], max_queue_size: [config.maxQueueSize, -1] });
  yield* handlerProblems("the graph", config.inputStreamHandler);
  yield* outputProblems("the graph", config.outputStreamHandler);
  const { profiler_config: profiler, runtime_info: runtime } = SHAPES[MESSAGES.graph];
  yield* shapeProblems("the graph, profiler_config,", profiler as Fields, config.profilerConfig);
  yield* shapeProblems("the graph, runtime_info,", runtime as Fields, config.runtimeInfo);
  for (const node of config.node) {
    const where = `the node '${node.name}'`;
    yield* leastProblems(where, { max_in_flight: [node.maxInFlight, 0], buffer_size_hint: [node.bufferSizeHint, 0] });
    yield* handlerProblems(where, node.inputStreamHandler);
    yield* outputProblems(where, node.outputStreamHandler);
    if (![...handlerProblems(where, node.inputStreamHandler)].length) yield* portListProblems(where, node);
    yield* batchProblems(where, node, node.inputStreamHandler ?? config.inputStreamHandler);
  }
}

function* leastProblems(where: string, numbers: Readonly<Record<string, readonly [number, number]>>): Iterable<string> {
  for (const [name, [value, least]] of Object.entries(numbers)) {
    if (value < least) yield `${where} has ${name} ${value}; it must be ${least} or more`;
  }
}

function* handlerProblems(where: string, handler: HandlerConfig | null): Iterable<string> {
  if (!handler || !Object.keys(handler.options).length) return;
  const { inputStreamHandler: name, optionsType: given } = handler;
  const type = `mediapipe.${name}Options`;
  const shape = Object.hasOwn(SHAPES, type) ? SHAPES[type as Message] : {};
  if (given && given !== type) yield `${where} has the handler options '${given}'; a '${name}' takes '${type}'`;
  else yield* shapeProblems(`${where}, input_stream_handler`, shape, handler.options);
}

/** There is but one way to put outputs in order. */
function* outputProblems(where: string, handler: Options): Iterable<string> {
  const name = handler["output_stream_handler"] ?? OUTPUT_STREAM_HANDLER;
  if (name !== OUTPUT_STREAM_HANDLER) {
    yield `${where} has the output_stream_handler ${told(name)}, which is not known; there is ${OUTPUT_STREAM_HANDLER}`;
  }
}

/** Inputs that the options of the node's input policy name, and the node does not have. */
function* portListProblems(where: string, node: NodeConfig): Iterable<string> {
  const { sync_set: sets, timestamp_base_tag_index: base } = node.inputStreamHandler?.options ?? {};
  const listed = Array.isArray(sets) ? (sets as { tag_index?: string[] }[]).flatMap((one) => one.tag_index ?? []) : [];
  const named = [...listed, ...(base === undefined ? [] : [base as string])].map(wholeTagIndex);
  const ports = splitEntries(node.inputStream).map(({ tag, index }) => `${tag}:${index}`);
  for (const port of new Set(named)) {
    if (!ports.includes(port)) yield `${where} has '${port}' in its input_stream_handler, which is none of its inputs`;
    const count = named.filter((one) => one === port).length;
    if (count > 1) yield `${where} has '${port}' in ${count} sync sets; an input is in one`;
  }
}

function* batchProblems(where: string, node: NodeConfig, handler: HandlerConfig | null): Iterable<string> {
  const batch = handler?.options["batch_size"] ?? 1;
  if (typeof batch === "number" && batch < 1) yield `${where} has a batch_size of ${batch}; it must be 1 or more`;
  if (batch !== 1 && node.maxInFlight > 1) {
    yield `${where} has both a batch_size and max_in_flight ${node.maxInFlight}; MediaPipe cannot have both, give one`;
  }
}

function* shapeProblems(where: string, shape: Fields, stated: Options): Iterable<string> {
  for (const [name, value] of Object.entries(stated)) {
    const kind = Object.hasOwn(shape, name) ? shape[name]! : undefined;
    if (kind === undefined) yield `${where} has no option '${name}'; there are ${Object.keys(shape).join(", ") || "none"}`;
    else if (!fits(kind, value)) yield `${where} has the option '${name}' ${told(value)}; it must be ${wanted(kind)}`;
  }
}

const FITS: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  string: [(value) => typeof value === "string", "a string"],
  int32: [Number.isInteger, "a whole number"],
  int64: [Number.isInteger, "a whole number"],
  double: [(value) => typeof value === "number", "a number"],
  bool: [(value) => typeof value === "boolean", "true or false"],
};

function fits(kind: Shape, value: unknown): boolean {
  if (Array.isArray(kind)) return Array.isArray(value) && value.every((one) => fits(kind[0] as Shape, one));
  if (typeof kind === "string") return FITS[kind]?.[0](value) ?? (!kind.includes("|") || kind.split("|").includes(String(value)));
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject && ![...shapeProblems("", kind as Fields, value as Options)].length;
}

function wanted(kind: Shape): string {
  if (Array.isArray(kind)) return "a list";
  if (typeof kind === "string") return FITS[kind]?.[1] ?? `one of ${kind.split("|").join(", ")}`;
  return `an object with the fields ${Object.keys(kind).join(", ")}`;
}
