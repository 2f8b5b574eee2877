/**
 * Passing options into a graph's nodes: `option_value: "field:options/graph_field"`.
 *
 * Source: mediapipe/framework/tool/options_util.cc and options_syntax_util.cc.
 */

import type { Options } from "./calculator";
import type { NodeConfig } from "./config";
import { ConfigError } from "./config";
import { nodeNames } from "./name_rules";

/**
 * The nodes, each that has an `option_value` with the values that it asks for, out of the graph's options.
 *
 * A field may lie deeper, as in "output_tensor_float_range/min:options/low"; "OPTIONS:options" passes all fields. A
 * field that the graph's options do not have leaves the node's own value. Throws a {@link ConfigError} if an
 * `option_value` cannot be read.
 */
export function passOptions(nodes: readonly NodeConfig[], options: Options): NodeConfig[] {
  const names = nodeNames(nodes);
  return nodes.map((node, index) => {
    if (!node.optionValue.length) return node;
    const passed = node.optionValue.reduce((stated, text) => pass(names[index]!, stated, text, options), node.options);
    return { ...node, options: passed, optionValue: [] };
  });
}

function pass(name: string, stated: Options, text: string, options: Options): Options {
  const [to = "", ...rest] = text.split(":");
  const [start = "", ...source] = rest.join(":").split("/");
  if (!to || start.toLowerCase() !== "options") {
    const wrong = `the node '${name}' has the option_value '${text}', which cannot be read`;
    throw new ConfigError(`${wrong}; write it as 'field:options/graph_field'`);
  }
  const value = source.reduce<unknown>((found, field) => fieldOf(found, field), options);
  const path = to.split("/").filter((field) => field.toLowerCase() !== "options");
  return value === undefined ? stated : withValue(stated, path, value);
}

function fieldOf(value: unknown, field: string): unknown {
  const isObject = typeof value === "object" && value !== null && Object.hasOwn(value, field);
  return isObject ? (value as Options)[field] : undefined;
}

function withValue(options: Options, [field, ...rest]: readonly string[], value: unknown): Options {
  if (field === undefined) return { ...options, ...(value as Options) };
  const inner = rest.length ? withValue((fieldOf(options, field) ?? {}) as Options, rest, value) : value;
  return { ...options, [field]: inner };
}
