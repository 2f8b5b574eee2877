/** Builds what the development server adds to an app's page into pyweb_ml/live/; no built site holds it. */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));

await build({
  absWorkingDir: HERE,
  entryPoints: { live_graph: "src/live/main.ts" },
  outdir: join(HERE, "..", "pyweb_ml", "live"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
});
