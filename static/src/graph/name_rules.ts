/** Names: what errors call each node, and what "TAG:1" means (mediapipe/framework/tool/name_util.cc, tag_map.cc). */

import type { NodeConfig } from "./config";

/** The fields of a config that hold streams and side packets. */
export const FIELDS = ["inputStream", "outputStream", "inputSidePacket", "outputSidePacket"] as const;
export type Field = (typeof FIELDS)[number];

/** What errors call each node: its name; with "_1", "_2", … where two would be equal. */
export function nodeNames(nodes: readonly NodeConfig[]): string[] {
  const count = new Map<string, number>();
  for (const { name } of nodes) count.set(name, (count.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return nodes.map(({ name }) => {
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return count.get(name) === 1 ? name : `${name}_${seen.get(name)!}`;
  });
}

/** Tag and index of "TAG", "TAG:1", ":2" or "" (":0"), written as "TAG:1". */
export function wholeTagIndex(tagIndex: string): string {
  const [tag, index = "0"] = tagIndex.split(":");
  return `${tag!}:${index}`;
}
