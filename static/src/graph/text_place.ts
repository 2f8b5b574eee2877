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

  /** The problems, each with the lines of the nodes that it names, or else of the stream. */
  placed(nodes: readonly NodeConfig[], problems: string): string {
    const names = nodeNames(nodes).map(plain);
    const placed = problems.split("\n").map((problem) => {
      const lines = [...new Set(this.offsets(names, problem).map((offset) => this.line(offset)))].sort((a, b) => a - b);
      return lines.length ? `${lines.length > 1 ? "lines" : "line"} ${lines.join(", ")}: ${problem}` : problem;
    });
    return placed.join("\n");
  }

  private offsets(names: readonly string[], problem: string): number[] {
    const numbered = /^node (\d+)/.exec(problem)?.[1];
    if (numbered !== undefined) return this.nodes.slice(Number(numbered), Number(numbered) + 1);
    const quoted = [...problem.matchAll(/(?:^|\W)'([^']+)'/g)].map(([, name]) => name!);
    const named = /the node '([^']+)'/.exec(problem)?.[1];
    const indices = (named === undefined ? quoted : [named]).map((name) => names.indexOf(plain(name.split("__")[0]!)));
    const found = indices.filter((index) => index in this.nodes).map((index) => this.nodes[index]!);
    const streams = quoted.map((name) => this.text.search(new RegExp(`["':]${escaped(name)}["']`)));
    return found.length ? found : streams.filter((offset) => offset !== -1).slice(0, 1);
  }
}

function escaped(text: string): string {
  return text.replace(/[^\w]/g, "\\$&");
}

function plain(name: string): string {
  return name.replace(/[. :]/g, "_").toLowerCase();
}
