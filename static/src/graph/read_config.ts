/** A graph's config out of what a script gives: protobuf's text format, its JSON as text, or a JSON value. */

import type { GraphConfig } from "./config";
import { ConfigError, fromJson } from "./config";
import { jsonErrorOffset } from "./json_place";
import { fromText, SIZE_LIMIT } from "./pbtxt";
import { Outline } from "./text_place";

/** A config, and where its nodes are if it was given as text. */
export interface Stated {
  readonly config: GraphConfig;
  readonly outline?: Outline;
}

/** Throws a {@link ConfigError} that says what is wrong, and where. */
export function readConfig(config: unknown): Stated {
  if (typeof config !== "string") return { config: fromJson(config) };
  return config.trimStart().startsWith("{") ? { config: fromJson(parsed(config)) } : fromText(config);
}

function parsed(text: string): unknown {
  if (text.length > SIZE_LIMIT) throw new ConfigError(`the graph is ${text.length} characters long; the limit is ${SIZE_LIMIT}`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const place = new Outline(text).place(jsonErrorOffset(text));
    throw new ConfigError(`${place}the graph is no JSON: ${(error as Error).message}`);
  }
}
