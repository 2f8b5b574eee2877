/**
 * Runs a folder of vectors under Node, from static/: `node run.mjs tests/vectors/main.ts [DIR [RESULTS.json]]`.
 *
 * RESULTS.json becomes a list of `{name, found, problems}`, one for each case.
 */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

import type { Case } from "./run";
import { problems, run } from "./run";

export async function main([folder = "../tests/vectors", results]: string[]): Promise<number> {
  const cases = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as Case[]);
  if (!cases.length) return say(`no vectors in '${folder}': no *.json there`, 2);
  const told = [];
  for (const one of cases) {
    const found = await run(one);
    told.push({ name: one.name, found, problems: problems(one, found) });
  }
  if (results !== undefined) writeFileSync(results, JSON.stringify(told));
  const failed = told.filter((one) => one.problems.length);
  for (const one of failed) for (const problem of one.problems) say(`${one.name}: ${problem}`);
  return say(`${cases.length} cases, ${failed.length} failed`, failed.length ? 1 : 0);
}

function say(text: string, status = 0): number {
  console.log(text);
  return status;
}
