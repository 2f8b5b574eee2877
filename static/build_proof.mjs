/** Builds what `pywebml convert` runs TF.js with into pyweb_ml/proof/: a script for Node.js, and a page's script. */

import { copyFile, mkdir, readdir, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = resolve(join(HERE, "..", "pyweb_ml", "proof"));
// Built beside its place and moved there when whole: whoever uses it never sees half of it.
const FRESH = `${TARGET}.${process.pid}.tmp`;
const WASM = join(HERE, "node_modules/@tensorflow/tfjs-backend-wasm/dist");
const COMMON = { absWorkingDir: HERE, bundle: true, minify: true, target: "es2022", legalComments: "inline", logLevel: "error" };

try {
  await mkdir(join(FRESH, "wasm"), { recursive: true });
  // TF.js's builds for Node.js are not on its own lists of files that must not be dropped.
  const node = { platform: "node", format: "cjs", ignoreAnnotations: true };
  await build({ ...COMMON, ...node, entryPoints: ["src/proof/node.ts"], outfile: join(FRESH, "node.cjs") });
  await build({ ...COMMON, entryPoints: ["src/proof/page.ts"], outfile: join(FRESH, "page.js"), format: "esm" });
  for (const name of await readdir(WASM)) if (name.endsWith(".wasm")) await copyFile(join(WASM, name), join(FRESH, "wasm", name));
  await rm(TARGET, { recursive: true, force: true });
  await rename(FRESH, TARGET);
} finally {
  await rm(FRESH, { recursive: true, force: true });
}
