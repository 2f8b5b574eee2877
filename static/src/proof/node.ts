/**
 * TF.js under Node.js for `pywebml convert`: each line of the input is a `Job`, each answer a line of the output.
 * Its first argument is the folder with TF.js's Wasm files.
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, stdin, stdout } from "node:process";
import { createInterface } from "node:readline";
import "@tensorflow/tfjs-backend-cpu";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import type { GraphModel } from "@tensorflow/tfjs-converter";

import type { Port } from "./graph_model";
import { run, shardNames, start } from "./graph_model";

interface Job {
  readonly backend: string;
  /** A folder with model.json and its shards. */
  readonly folder: string;
  readonly inputs: readonly Port[];
  /** Files of bytes: the inputs', and where the outputs' go. */
  readonly input_file: string;
  readonly output_file: string;
}

let loaded: { key: string; model: GraphModel } | null = null;

async function modelOf({ backend, folder }: Job): Promise<GraphModel> {
  const key = JSON.stringify([backend, folder]);
  if (loaded?.key === key) return loaded.model;
  loaded?.model.dispose();
  loaded = null;
  const json = new TextDecoder().decode(readFileSync(join(folder, "model.json")));
  const shards = shardNames(json).map((name) => buffer(join(folder, name)));
  loaded = { key, model: await start(backend, json, shards) };
  return loaded.model;
}

function buffer(path: string): ArrayBuffer {
  return new Uint8Array(readFileSync(path)).buffer;
}

async function answer(job: Job): Promise<object> {
  const { outputs, bytes, milliseconds } = await run(await modelOf(job), job.inputs, buffer(job.input_file));
  writeFileSync(job.output_file, bytes);
  return { outputs, milliseconds };
}

async function main(): Promise<void> {
  setWasmPaths(join(argv[2]!, "/"));
  setThreadsCount(1);
  console.log = console.warn = () => undefined; // TF.js greets on standard output, which is for answers
  for await (const line of createInterface({ input: stdin })) {
    const said = await answer(JSON.parse(line) as Job).catch((error: unknown) => ({ error: String(error) }));
    stdout.write(`${JSON.stringify(said)}\n`);
  }
}

void main();
