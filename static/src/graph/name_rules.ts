/** What nodes are called; the same as pyweb_ml/graph/name_rules.py. */

import type { GraphConfig, NodeConfig } from "./config";

/**
 * Each node's name or else its calculator, with "_1", "_2", … where two would be equal.
 *
 * Source: mediapipe/framework/tool/name_util.cc.
 */
export function nodeNames(config: GraphConfig): Map<NodeConfig, string> {
  const count = new Map<string, number>();
  for (const { name } of config.node) count.set(name, (count.get(name) ?? 0) + 1);
  const seen = new Map<string, number>();
  return new Map(
    config.node.map((node) => {
      const { name } = node;
      seen.set(name, (seen.get(name) ?? 0) + 1);
      return [node, count.get(name)! > 1 ? `${name}_${seen.get(name)!}` : name];
    }),
  );
}
