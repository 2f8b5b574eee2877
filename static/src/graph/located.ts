/** Errors that say in which node of a config they are. */

import type { NodeConfig } from "./config";
import { ConfigError, refuse } from "./config";

/** Has an error name the node, as a {@link ConfigError}. */
export function located<T>(node: NodeConfig, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`the node '${node.name}': ${reason}`, { cause: error });
  }
}

/** Does something with each node; throws one {@link ConfigError} with the problems of all. */
export function eachLocated<T>(nodes: readonly NodeConfig[], work: (node: NodeConfig, index: number) => T): T[] {
  const problems: string[] = [];
  const done = nodes.flatMap((node, index) => {
    try {
      return [located(node, () => work(node, index))];
    } catch (error) {
      problems.push((error as Error).message);
      return [];
    }
  });
  refuse(problems);
  return done;
}
