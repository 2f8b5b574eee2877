/** The side packets of a run: each set once, before the nodes that take it are opened. */

import { ConfigError } from "./config";
import type { Node } from "./node";
import { splitEntries } from "./tag_map";

export class SidePackets {
  private values = new Map<string, unknown>();
  /** Nodes that are not open yet. */
  private waiting: Node[] = [];

  has(name: string): boolean {
    return this.values.has(name);
  }

  get(name: string): unknown {
    return this.values.get(name);
  }

  /** Throws if it is set already. */
  set(name: string, value: unknown): void {
    if (this.values.has(name)) throw new Error(`the side packet '${name}' is set already; it may be set once a run`);
    this.values.set(name, value);
  }

  /** Begins a run; throws a {@link ConfigError} if a node takes what is neither given nor made. */
  reset(given: Readonly<Record<string, unknown>>, nodes: readonly Node[]): void {
    this.values = new Map(Object.entries(given));
    this.waiting = [...nodes];
    const made = new Set(nodes.flatMap(({ config }) => namesOf(config.outputSidePacket)));
    for (const { config } of nodes) {
      const missing = namesOf(config.inputSidePacket).find((name) => !made.has(name) && !this.has(name));
      if (missing === undefined) continue;
      throw new ConfigError(`'${config.name}' takes a side packet that nothing makes: '${missing}'; give it at the start`);
    }
  }

  /** The nodes that have all that they take now, and had not before. */
  takeAble(): Node[] {
    const { waiting } = this;
    this.waiting = [];
    const able: Node[] = [];
    for (const node of waiting) {
      const isAble = namesOf(node.config.inputSidePacket).every((name) => this.has(name));
      (isAble ? able : this.waiting).push(node);
    }
    return able;
  }
}

function namesOf(entries: readonly string[]): string[] {
  return splitEntries(entries).map(({ name }) => name);
}
