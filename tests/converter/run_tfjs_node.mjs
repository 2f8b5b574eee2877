// TF.js under Node.js: each line of the input is {"backend", "folder", "inputs"}; the folder holds model.json, its
// shards and inputs.bin. The answer is a line: {"outputs"} by name, data in base64, or {"error"}.
// Usage: node run_tfjs_node.mjs STATIC, the folder whose node_modules hold TF.js.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { runModel } from "./run_tfjs.mjs";

const root = resolve(process.argv[2]);
const require = createRequire(join(root, "package.json"));
const tf = require("@tensorflow/tfjs-core");
const { loadGraphModel } = require("@tensorflow/tfjs-converter");
require("@tensorflow/tfjs-backend-cpu");
const wasm = require("@tensorflow/tfjs-backend-wasm");
wasm.setWasmPaths(`${join(root, "node_modules/@tensorflow/tfjs-backend-wasm/dist")}/`);
wasm.setThreadsCount(1);

const bytesOf = (path) => new Uint8Array(readFileSync(path)).buffer;

function weightsOf(folder, model) {
  const paths = model.weightsManifest.flatMap((group) => group.paths);
  return new Uint8Array(Buffer.concat(paths.map((path) => readFileSync(join(folder, path))))).buffer;
}

function encoded({ dtype, shape, data }) {
  return { dtype, shape, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("base64") };
}

async function answer({ backend, folder, inputs }) {
  if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start`);
  const model = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
  const given = { model, weights: weightsOf(folder, model), inputs, bytes: bytesOf(join(folder, "inputs.bin")) };
  const outputs = await runModel(tf, loadGraphModel, given);
  return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, one]) => [name, encoded(one)])) };
}

for await (const line of createInterface({ input: process.stdin })) {
  let result;
  try {
    result = await answer(JSON.parse(line));
  } catch (error) {
    result = { error: String(error.message ?? error).slice(0, 500) };
  }
  console.log(JSON.stringify(result));
}
process.exit(0);
