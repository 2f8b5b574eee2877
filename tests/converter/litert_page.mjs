// LiteRT.js in a page, on one thread of Wasm: `runModel(model, inputs)` runs the model at an address on float32 inputs
// {name: {shape, data}} and gives its outputs {name: [numbers]}, or {error}.
import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

const ready = loadLiteRt("wasm/", { threads: false });

async function run(address, inputs) {
  await ready;
  const model = await loadAndCompile(address, { accelerator: "wasm" });
  try {
    const tensors = model.getInputDetails().map(({ name }) => {
      const { shape, data } = inputs[name];
      return new Tensor(new Float32Array(data), shape);
    });
    const outputs = await model.run(tensors);
    const names = model.getOutputDetails().map(({ name }) => name);
    return Object.fromEntries(outputs.map((tensor, index) => [names[index], Array.from(tensor.toTypedArray())]));
  } finally {
    model.delete();
  }
}

window.runModel = (address, inputs) => run(address, inputs).catch((error) => ({ error: String(error) }));
