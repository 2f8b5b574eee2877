// TF.js in a page, on any backend: `runCase({backend, folder, inputs})` runs the model below the address `folder` on
// the inputs in its inputs.bin, and gives {outputs, data} with the bytes in base64, or {error}.
import { env } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { run, shardNames, start } from "../../static/src/proof/graph_model.ts";

// Otherwise both compute small tensors, as those of the op specs are, on the CPU.
env().set("WEBGL_CPU_FORWARD", false);
env().set("WEBGPU_CPU_FORWARD", false);

async function get(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

const bytesOf = async (address) => (await get(address)).arrayBuffer();

function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

async function answer({ backend, folder, inputs }) {
  const json = await (await get(`${folder}/model.json`)).text();
  const shards = await Promise.all(shardNames(json).map((name) => bytesOf(`${folder}/${name}`)));
  const model = await start(backend, json, shards);
  try {
    const { outputs, bytes } = await run(model, inputs, await bytesOf(`${folder}/inputs.bin`));
    return { outputs, data: base64(bytes) };
  } finally {
    model.dispose();
  }
}

window.runCase = (request) => answer(request).catch((error) => ({ error: String(error) }));
