/** TensorsToSegmentationCalculator: a model's output as a mask of the picture's size. */

import type { CalculatorType } from "../graph/calculator";
import type { Floats, Kernels } from "../kernels";
import type { Tensor } from "../protocol";
import type { Size } from "./image_properties";
import { OptionReader } from "./options";

type Activation = "NONE" | "SIGMOID" | "SOFTMAX";

export const tensorsToSegmentation: CalculatorType<{ kernels: Kernels }> = {
  name: "TensorsToSegmentationCalculator",
  create(given, { kernels }) {
    const reader = new OptionReader(this.name, given);
    const activation = reader.oneOf("activation", ["NONE", "SIGMOID", "SOFTMAX"], "NONE");
    const layer = reader.integer("output_layer_index", 1);
    reader.done();
    if (activation === "SOFTMAX" && layer !== 0 && layer !== 1) {
      throw new Error(`${this.name}: the option 'output_layer_index' must be 0 or 1, not ${layer}`);
    }
    return {
      process(context) {
        const tensors = context.input<ArrayLike<Tensor>>("TENSORS");
        if (!tensors) return;
        const small = activate(tensors[0], activation, layer);
        const { width, height } = context.input<Size>("OUTPUT_SIZE") ?? small;
        context.emit("MASK", kernels.resizeMask(small, width, height));
      },
    };
  },
};

function activate(tensor: Tensor | undefined, activation: Activation, layer: number): Floats {
  const channels = activation === "SOFTMAX" ? 2 : 1;
  const [height, width] = planeOf(tensor, channels, activation);
  const data = tensor!.data as Float32Array;
  if (activation === "NONE") return { width, height, data };
  const out = new Float32Array(width * height);
  if (activation === "SIGMOID") sigmoid(data, out);
  else softmax(data, layer, out);
  return { width, height, data: out };
}

function planeOf(tensor: Tensor | undefined, channels: number, activation: Activation): [number, number] {
  const shape = tensor?.shape.length === 4 && tensor.shape[0] === 1 ? tensor.shape.slice(1) : (tensor?.shape ?? []);
  if (shape.length !== 3 || shape[2] !== channels || !(tensor?.data instanceof Float32Array)) {
    throw new Error(
      `segmentation with activation ${activation} takes a float tensor [1, height, width, ${channels}], ` +
        `not [${tensor?.shape.join(", ") ?? ""}]; choose another 'activation', or another model`,
    );
  }
  return [shape[0]!, shape[1]!];
}

function sigmoid(values: Float32Array, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = 1 / (1 + Math.exp(-values[i]!));
}

/** Of two channels, the share of one is the sigmoid of its lead. */
function softmax(values: Float32Array, layer: number, out: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    out[i] = 1 / (1 + Math.exp(values[2 * i + 1 - layer]! - values[2 * i + layer]!));
  }
}
