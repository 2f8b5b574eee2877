/** Where something is in a protobuf text: its line, its node, its field. */

import type { NodeConfig } from "./config";
import { nodeNames } from "./name_rules";

/** The nodes of a graph as a text states them: where each begins, by its line. */
export class Outline {
  /** For each node of the graph, the offset at which it begins. */
  readonly nodes: number[] = [];

  constructor(private readonly text: string) {}

  /** The line of an offset; the first is 1. */
  line(offset: number): number {
    let line = 1;
    for (let at = this.text.indexOf("\n"); at !== -1 && at < offset; at = this.text.indexOf("\n", at + 1)) line++;
    return line;
  }

  /** What stands at an offset, as the beginning of a sentence about it; `isInNode`: in the last node before it. */
  place(offset: number, field = "", isInNode = false): string {
    const column = offset - this.text.lastIndexOf("\n", offset - 1);
    const node = this.nodes.findLastIndex((start) => start <= offset);
    const inside = isInNode ? `, node ${node}${this.named(node)}` : "";
    return `line ${this.line(offset)}, column ${column}${inside}${field ? `, field '${field}'` : ""}: `;
  }

  /** The name of a node, or else of its calculator, as " ('name')". */
  private named(node: number): string {
    const body = this.text.slice(this.nodes[node], this.nodes[node + 1]);
    const found = /\bname\s*:\s*["']([^"'\n]*)/.exec(body) ?? /\bcalculator\s*:\s*["']([^"'\n]*)/.exec(body);
    return found ? ` ('${found[1]!.slice(0, 80)}')` : "";
  }

  /** The problems, each with the line of its node where one is named. */
  placed(nodes: readonly NodeConfig[], problems: string): string {
    const names = nodeNames(nodes).map(plain);
    return problems
      .split("\n")
      .map((problem) => {
        const named = /the node '([^']+)'/.exec(problem)?.[1];
        const numbered = /^node (\d+)/.exec(problem)?.[1];
        const index = named === undefined ? Number(numbered ?? -1) : names.indexOf(plain(named.split("__")[0]!));
        const start = this.nodes[index];
        return start === undefined ? problem : `line ${this.line(start)}: ${problem}`;
      })
      .join("\n");
  }
}

function plain(name: string): string {
  return name.replace(/[. :]/g, "_").toLowerCase();
}
