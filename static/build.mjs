/** Builds what every app's site has in common into pyweb_ml/web/, or into DIR: `node build.mjs [DIR]`. */

import { access, copyFile, cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = resolve(process.argv[2] ?? join(HERE, "..", "pyweb_ml", "web"));
// Built beside its place and moved there when whole: whoever serves the folder never sees half of it.
const WEB = `${TARGET}.${process.pid}.tmp`;
const ENTRIES = { widget: "src/element.ts", page: "src/page.ts", worker: "src/worker.ts", runtime: "src/runtime.ts" };
// kernels/build.py puts it there: it is kept.
const KERNELS = "kernels.wasm";
const LITERT = "node_modules/@litertjs/core/wasm";
// A page fetches one of them: see src/engines/litert.ts.
const LITERT_BUILDS = ["litert_wasm_internal", "litert_wasm_threaded_internal", "litert_wasm_compat_internal"];

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function bundle() {
  const found = [];
  for (const [name, path] of Object.entries(ENTRIES)) if (await exists(join(HERE, path))) found.push([name, path]);
  await build({
    absWorkingDir: HERE,
    entryPoints: Object.fromEntries(found),
    outdir: WEB,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    legalComments: "inline",
    logLevel: "warning",
  });
}

/** The .mjs is the same script as a module, for a worker that can import but not importScripts. */
async function copyEngine() {
  await mkdir(join(WEB, "litert"), { recursive: true });
  for (const name of LITERT_BUILDS) {
    const from = join(HERE, LITERT, name);
    const to = join(WEB, "litert", name);
    await copyFile(`${from}.js`, `${to}.js`);
    await copyFile(`${from}.wasm`, `${to}.wasm`);
    await writeFile(`${to}.mjs`, `${await readFile(`${from}.js`, "utf8")}\nexport default ModuleFactory;\n`);
  }
}

async function buildAll() {
  await mkdir(WEB, { recursive: true });
  await bundle();
  await cp(join(HERE, "site"), WEB, { recursive: true });
  await copyEngine();
  if (await exists(join(TARGET, KERNELS))) await copyFile(join(TARGET, KERNELS), join(WEB, KERNELS));
}

try {
  await buildAll();
  await rm(TARGET, { recursive: true, force: true });
  await rename(WEB, TARGET);
} finally {
  await rm(WEB, { recursive: true, force: true });
}
