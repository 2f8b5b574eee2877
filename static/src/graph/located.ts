/** Errors that say in which node of a config they are. */

import type { NodeConfig } from "./config";
import { ConfigError } from "./config";

/** Has a {@link ConfigError} name the node. */
export function located<T>(node: NodeConfig, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`the node '${node.name}': ${error.message}`) : error;
  }
}
