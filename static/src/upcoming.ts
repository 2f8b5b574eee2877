/** What an app has still to load, in words, as its manifest states it. */

import type { Manifest, Stage } from "./protocol";

/** Something that is loaded, and the stage that loads it. */
export interface Step {
  stage: Stage;
  name: string;
}

/** In the order in which they are loaded. */
const ORDER: readonly Stage[] = ["site", "engine", "model", "python", "packages", "app"];

/** Packages above which only their number is told. */
const MOST_NAMES = 2;

/** What the manifest says of it; nothing where that is not to be made out, which the worker tells. */
export function readSteps(manifest: unknown): Step[] {
  const { models, python } = manifest as Partial<Record<keyof Manifest, unknown>>;
  const many = typeof models === "object" && models !== null ? Object.keys(models).length : 0;
  const steps: Step[] = many === 0 ? [] : [{ stage: "model", name: many === 1 ? "the model" : "the models" }];
  if (typeof python !== "object" || python === null) return steps;
  const { packages, snapshot } = python as { packages?: unknown; snapshot?: unknown };
  // A snapshot of Python holds its packages.
  const stage = snapshot ? "python" : "packages";
  return [...steps, { stage: "python", name: "Python" }, ...packageNames(packages).map((name) => ({ stage, name }) as const)];
}

function packageNames(packages: unknown): string[] {
  if (!Array.isArray(packages)) return [];
  const names = packages.map((one: unknown) => String((one as { name?: unknown } | null)?.name));
  return names.length > MOST_NAMES ? [`${names.length} packages`] : names;
}

/** ", then Python and numpy"; empty where nothing comes after the stage. */
export function nextSteps(steps: readonly Step[], now: Stage): string {
  const names = steps.filter(({ stage }) => ORDER.indexOf(stage) > ORDER.indexOf(now)).map(({ name }) => name);
  const last = names.pop();
  if (last === undefined) return "";
  return names.length === 0 ? `, then ${last}` : `, then ${names.join(", ")} and ${last}`;
}
