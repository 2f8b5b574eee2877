/** Rules of the core calculators' ports, which their contracts prove. */

import type { NodeConfig } from "../../graph/config";
import { ConfigError } from "../../graph/config";
import { TagMap } from "../../graph/tag_map";

/** Throws a {@link ConfigError} unless each of these inputs ("" for the untagged) is connected. */
export function requireInputs(node: NodeConfig, ...tags: string[]): void {
  const inputs = new TagMap(node.inputStream);
  const missing = tags.find((tag) => !inputs.count(tag));
  if (missing === undefined) return;
  throw new ConfigError(missing ? `the input '${missing}' is not connected` : "an input without a tag is not connected");
}

/** Throws a {@link ConfigError} unless each input, of the tag if one is given, has its output of the same name. */
export function requirePairs(node: NodeConfig, tag?: string): void {
  const [inputs, outputs] = [new TagMap(node.inputStream), new TagMap(node.outputStream)];
  const chosen = inputs.entries.filter((entry) => tag === undefined || entry.tag === tag);
  const alone = chosen.find((entry) => outputs.place(entry.tag, entry.index) === undefined);
  if (alone) throw new ConfigError(`the input '${alone.tag}:${alone.index}' has no output '${alone.tag}:${alone.index}'`);
  const more = outputs.entries.find((entry) => entry.tag === (tag ?? entry.tag) && !inputs.count(entry.tag));
  if (more) throw new ConfigError(`the output '${more.tag}:${more.index}' has no input '${more.tag}:${more.index}'`);
}
