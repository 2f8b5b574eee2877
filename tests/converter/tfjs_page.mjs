// TF.js in a page, on any backend: `runCase({backend, json, shards, inputs, bytes})` runs the model of that model.json
// on the inputs, shards and bytes being base64, and gives {outputs, data} with the bytes in base64, or {error}.
import { env } from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { run, start } from "../../static/src/proof/graph_model.ts";

// Otherwise both compute small tensors, as those of the op specs are, on the CPU.
env().set("WEBGL_CPU_FORWARD", false);
env().set("WEBGPU_CPU_FORWARD", false);

const bytesOf = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;

function textOf(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}

async function answer({ backend, json, shards, inputs, bytes }) {
  const model = await start(backend, json, shards.map(bytesOf));
  try {
    const made = await run(model, inputs, bytesOf(bytes));
    return { outputs: made.outputs, data: textOf(made.bytes) };
  } finally {
    model.dispose();
  }
}

window.runCase = (request) => answer(request).catch((error) => ({ error: String(error) }));
