/** Bundles a TypeScript file of ours and runs its `main` under Node: `node run.mjs FILE.ts ARGUMENT…`. */

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";

const [file, ...given] = process.argv.slice(2);
const folder = await mkdtemp(join(tmpdir(), "pywebml-"));
try {
  const outfile = join(folder, `${basename(file, ".ts")}.mjs`);
  await build({ entryPoints: [file], outfile, bundle: true, platform: "node", format: "esm", target: "es2023" });
  const { main } = await import(pathToFileURL(outfile));
  process.exitCode = await main(given);
} finally {
  await rm(folder, { recursive: true, force: true });
}
