/** A built site, as its manifest and its graph state it. */

import { fetchJson, LoadError } from "./loading";
import type { Manifest, Settings } from "./protocol";

export interface Site {
  readonly base: string;
  readonly manifest: Manifest;
  readonly graph: unknown;
  /** The input that the visitor's source feeds. */
  readonly input: string;
  /** What its controls show at first. */
  readonly settings: Settings;
  /** The output that the visitor sees, where there is one. */
  readonly shown: string | undefined;
}

export async function loadSite(base: string): Promise<Site> {
  const [manifest, graph] = await Promise.all([
    fetchJson(base, "manifest.json", "site"),
    fetchJson(base, "graph.json", "site"),
  ]);
  const checked = checkManifest(manifest);
  const settings = firstSettings(checked);
  return { base, manifest: checked, graph, input: onlyInput(checked), settings, shown: firstImage(checked.outputs) };
}

function checkManifest(value: unknown): Manifest {
  const manifest = value as Partial<Manifest> | null;
  if (typeof manifest?.format === "number" && (manifest.format as number) > 1) {
    const newer = `'manifest.json' is of a newer version of PyWebML (format ${manifest.format as number}, here 1)`;
    throw new LoadError(`${newer}; reload, or load the 'widget.js' of the same site`, "site");
  }
  if (manifest?.format !== 1 || !manifest.inputs || !manifest.outputs || !manifest.models || !manifest.engines) {
    throw new LoadError("'manifest.json' is not of this version of PyWebML; build the site again", "site");
  }
  return manifest as Manifest;
}

/** A site of before there were controls has none. */
function firstSettings({ controls }: Partial<Manifest>): Settings {
  return Object.fromEntries((controls ?? []).map(({ name, value }) => [name, value]));
}

function onlyInput(manifest: Manifest): string {
  const { inputs } = manifest;
  const settings = firstSettings(manifest);
  const fed = firstImage(inputs) ?? Object.keys(inputs).find((name) => inputs[name] === "Audio");
  const other = Object.keys(inputs).find((name) => name !== fed && !(name in settings));
  if (fed !== undefined && other === undefined) return fed;
  const what = fed === undefined ? "takes no Image" : `takes '${other!}' (${inputs[other!]!}) beside an ${inputs[fed]!}`;
  const wanted = "a page feeds an app that takes one Image or one Audio, and controls, such as pw.slider(0, 20, 8)";
  throw new LoadError(`The app ${what}; ${wanted}.`, "site");
}

function firstImage(types: Readonly<Record<string, string>>): string | undefined {
  return Object.keys(types).find((name) => types[name] === "Image");
}
