/** Builds what every app's site has in common into pyweb_ml/web/, or into DIR: `node build.mjs [DIR]`. */

import { createHash } from "node:crypto";
import { access, copyFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const TARGET = resolve(process.argv[2] ?? join(HERE, "..", "pyweb_ml", "web"));
// Built beside its place and moved there when whole: whoever serves the folder never sees half of it.
const WEB = `${TARGET}.${process.pid}.tmp`;
const ENTRIES = {
  widget: "src/widget.ts",
  page: "src/page.ts",
  embed: "src/embed.ts",
  worker: "src/worker.ts",
  engine: "src/engines/engine_worker.ts",
  unpacking: "src/python/unpacking_worker.ts",
  runtime: "src/runtime.ts",
};
// What the page loads when it is first needed, and proves by what is written into its own scripts.
const LATER = {
  media_library: "src/media_library.ts",
  audio_worklet: "src/audio_worklet.ts",
};
// kernels/build.py puts it there: it is kept.
const KERNELS = "kernels.wasm";
const LITERT = "node_modules/@litertjs/core/wasm";
// A page fetches one of them: see src/engines/litert.ts.
const LITERT_BUILDS = ["litert_wasm_internal", "litert_wasm_threaded_internal", "litert_wasm_compat_internal"];

// One module a backend: src/engines/tfjs_webgl.ts is "tfjs-webgl". Those of TF.js share its core by chunks.
const BACKEND = /^(litert|tfjs)_(\w+)\.ts$/;
const TFJS_WASM = "node_modules/@tensorflow/tfjs-backend-wasm/wasm-out";
const TFJS_WASM_BUILDS = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm"];
const VERSION = /__version__ = "(.+)"/.exec(await readFile(join(HERE, "..", "pyweb_ml", "version.py"), "utf8"))[1];
const OPTIONS = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "inline",
  define: { PYWEBML_VERSION: JSON.stringify(VERSION) },
  logLevel: "warning",
};

async function exists(path) {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Gives what the attribute `integrity` would say of each: https://www.w3.org/TR/SRI/ */
async function bundleLater() {
  await build({ ...OPTIONS, entryPoints: LATER, outdir: WEB });
  const said = Object.keys(LATER).map(async (name) => [`${name}.js`, await integrityOf(join(WEB, `${name}.js`))]);
  return Object.fromEntries(await Promise.all(said));
}

async function integrityOf(path) {
  return `sha256-${createHash("sha256").update(await readFile(path)).digest("base64")}`;
}

async function bundle() {
  const found = [];
  for (const [name, path] of Object.entries(ENTRIES)) if (await exists(join(HERE, path))) found.push([name, path]);
  const define = { ...OPTIONS.define, PYWEBML_SCRIPTS: JSON.stringify(await bundleLater()) };
  await build({ ...OPTIONS, define, entryPoints: Object.fromEntries(found), outdir: WEB });
  // A classic script: not every browser takes a module for a service worker.
  await build({ ...OPTIONS, entryPoints: { sw: "src/service_worker.ts" }, format: "iife", outdir: WEB });
  // What `pywebml build` runs under Node.js; no site has it.
  await build({ ...OPTIONS, entryPoints: ["src/snapshot/maker.ts"], platform: "node", outfile: join(WEB, "node", "snapshot.mjs") });
}

/** Builds the backends' modules, and engines/files.json: which files of this folder each of them needs. */
async function bundleBackends() {
  const modules = (await readdir(join(HERE, "src/engines"))).filter((name) => BACKEND.test(name));
  const entryPoints = Object.fromEntries(modules.map((name) => [name.replace(BACKEND, "$1-$2"), `src/engines/${name}`]));
  const outdir = join(WEB, "engines");
  // TF.js looks for Node.js's own modules where it runs there.
  const external = ["util", "crypto", "os", "path", "fs", "worker_threads", "perf_hooks"];
  const { metafile } = await build({ ...OPTIONS, entryPoints, outdir, splitting: true, metafile: true, external });
  for (const name of TFJS_WASM_BUILDS) await copyFile(join(HERE, TFJS_WASM, name), join(outdir, name));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [basename(path), output]));
  const files = Object.fromEntries(Object.keys(entryPoints).map((name) => [name, filesOf(name, outputs)]));
  await writeFile(join(outdir, "files.json"), JSON.stringify(files, null, 1));
}

function filesOf(backend, outputs) {
  const scripts = [...chunksOf(`${backend}.js`, outputs)].map((name) => `engines/${name}`);
  const wasm = backend === "tfjs-wasm" ? TFJS_WASM_BUILDS.map((name) => `engines/${name}`) : [];
  const litert = LITERT_BUILDS.flatMap((name) => ["js", "mjs", "wasm"].map((ending) => `litert/${name}.${ending}`));
  return [...scripts, ...wasm, ...(backend.startsWith("litert-") ? litert : [])];
}

/** A script and all that it imports, directly or not. */
function chunksOf(script, outputs, found = new Set()) {
  if (found.has(script)) return found;
  found.add(script);
  const own = outputs.get(script).imports.filter(({ external }) => !external);
  for (const { path } of own) chunksOf(basename(path), outputs, found);
  return found;
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
  await bundleBackends();
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
