/** InferenceCalculator: runs a model on the engine that was chosen for this device. */

import type { TensorValue } from "../engines/engine";
import type { RunnableModel } from "../engines/models";
import type { CalculatorType } from "../graph/calculator";

/** The models, by the name that nodes use. */
export interface InferenceServices {
  readonly models: ReadonlyMap<string, RunnableModel>;
}

export const inference: CalculatorType<InferenceServices> = {
  name: "InferenceCalculator",
  create(options, services) {
    const name = String(options["model_path"]);
    const model = services.models.get(name);
    if (!model) throw new Error(`the model '${name}' is not in this site's manifest`);
    return {
      async process(context) {
        const tensors = context.require<Iterable<TensorValue>>("TENSORS");
        context.emit("TENSORS", await model.run([...tensors]));
      },
    };
  },
};
