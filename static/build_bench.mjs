/** Builds the page of `pywebml bench` into pyweb_ml/bench/page/; no built site holds it. */

import { copyFile, mkdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, "..", "pyweb_ml", "bench", "page");
const VERSION = /__version__ = "(.+)"/.exec(await readFile(join(HERE, "..", "pyweb_ml", "version.py"), "utf8"))[1];
const TFJS = join(HERE, "node_modules/@tensorflow/tfjs-backend-wasm/wasm-out");
// The rival on TF.js may have the build with threads too, which the app's own backend does without.
const TFJS_BUILDS = ["tfjs-backend-wasm.wasm", "tfjs-backend-wasm-simd.wasm", "tfjs-backend-wasm-threaded-simd.wasm"];

await rm(OUT, { recursive: true, force: true });
await build({
  absWorkingDir: HERE,
  entryPoints: { main: "src/bench/main.ts", subject: "src/bench/subject.ts" },
  outdir: OUT,
  bundle: true,
  splitting: true,
  minify: true,
  format: "esm",
  target: "es2022",
  define: { PYWEBML_VERSION: JSON.stringify(VERSION) },
  logLevel: "warning",
  // TF.js looks for Node.js's own modules where it runs there.
  external: ["util", "crypto", "os", "path", "fs", "worker_threads", "perf_hooks"],
});
await mkdir(join(OUT, "tfjs"), { recursive: true });
for (const name of TFJS_BUILDS) await copyFile(join(TFJS, name), join(OUT, "tfjs", name));
