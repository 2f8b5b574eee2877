// Runs graph models in TF.js, whichever the backend: shared by Node.js and the browser's page.

/** A source for `loadGraphModel`: model.json and its weights, already fetched. */
function source(model, weights) {
  const { modelTopology, format, signature, userDefinedMetadata } = model;
  const weightSpecs = model.weightsManifest.flatMap((group) => group.weights);
  return { load: () => ({ modelTopology, format, signature, userDefinedMetadata, weightSpecs, weightData: weights }) };
}

const ARRAYS = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };

/** Inputs lie one after the other in `bytes`, as `described` says: [{name, dtype, shape}]. */
function tensors(tf, described, bytes) {
  const given = {};
  let offset = 0;
  for (const { name, dtype, shape } of described) {
    const size = shape.reduce((product, one) => product * one, 1);
    const width = ARRAYS[dtype].BYTES_PER_ELEMENT;
    given[name] = tf.tensor(new ARRAYS[dtype](bytes.slice(offset, offset + size * width)), shape, dtype);
    offset += size * width;
  }
  return given;
}

/** Every output by its name: {dtype, shape, data}, data as an array of TF.js's. */
export async function runModel(tf, loadGraphModel, { model, weights, inputs, bytes }) {
  const loaded = await loadGraphModel(source(model, weights));
  const given = tensors(tf, inputs, bytes);
  const names = Object.keys(model.signature.outputs);
  const made = loaded.execute(given, names);
  const outputs = {};
  for (const [index, name] of names.entries()) {
    const tensor = Array.isArray(made) ? made[index] : made;
    outputs[name] = { dtype: tensor.dtype, shape: tensor.shape, data: await tensor.data() };
  }
  tf.dispose([given, made]);
  loaded.dispose();
  return outputs;
}
