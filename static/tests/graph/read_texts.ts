/**
 * Reads texts of graphs under Node, from static/: `node run.mjs tests/graph/read_texts.ts CASES RESULTS`.
 *
 * CASES is a list of `{text, json}`, where `json` is the config that the desktop reads from the text, or null. RESULTS
 * becomes a list of `{same}`, whether the page reads the same config, or `{error, kind}`, what it threw.
 */

import { readFileSync, writeFileSync } from "node:fs";

import type { GraphConfig } from "../../src/graph/config";
import { fromJson } from "../../src/graph/config";
import { readConfig } from "../../src/graph/read_config";

interface Case {
  readonly text: string;
  readonly json: unknown;
}

export async function main([cases, results]: string[]): Promise<number> {
  const given = JSON.parse(readFileSync(cases!, "utf8")) as Case[];
  writeFileSync(results!, JSON.stringify(given.map(read)));
  return Promise.resolve(0);
}

function told(config: GraphConfig): string {
  return JSON.stringify(config, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

function read({ text, json }: Case): object {
  try {
    const { config } = readConfig(text);
    return { same: json === null ? null : told(config) === told(fromJson(json)) };
  } catch (error) {
    return { error: (error as Error).message, kind: (error as Error).name };
  }
}
