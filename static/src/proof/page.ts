/** TF.js in a browser for `pywebml convert --browser`: runs what jobs.json says and posts what came out. */

import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { env } from "@tensorflow/tfjs-core";

import type { Port } from "./graph_model";
import { run, shardNames, start } from "./graph_model";

interface Jobs {
  readonly backends: readonly string[];
  readonly samples: readonly { readonly file: string; readonly inputs: readonly Port[] }[];
}

async function get(path: string): Promise<Response> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: status ${answer.status}`);
  return answer;
}

/** A line of JSON, and behind it the bytes of the outputs. */
async function post(head: object, bytes?: Uint8Array<ArrayBuffer>): Promise<void> {
  await fetch("result", { method: "POST", body: new Blob([`${JSON.stringify(head)}\n`, bytes ?? ""]) });
}

async function runOn(backend: string, { samples }: Jobs): Promise<void> {
  const json = await (await get("model/model.json")).text();
  const shards = await Promise.all(shardNames(json).map(async (name) => (await get(`model/${name}`)).arrayBuffer()));
  const model = await start(backend, json, shards);
  for (const [sample, { file, inputs }] of samples.entries()) {
    const { outputs, bytes, milliseconds } = await run(model, inputs, await (await get(file)).arrayBuffer());
    await post({ backend, sample, outputs, milliseconds }, bytes);
  }
  model.dispose();
}

async function main(): Promise<void> {
  const jobs = (await (await get("jobs.json")).json()) as Jobs;
  env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  setWasmPaths("wasm/");
  for (const backend of jobs.backends) {
    await runOn(backend, jobs).catch((error: unknown) => post({ backend, error: String(error) }));
  }
  await post({ end: true });
}

void main();
