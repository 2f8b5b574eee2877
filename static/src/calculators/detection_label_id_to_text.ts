/** DetectionLabelIdToTextCalculator: words in place of class numbers. */

import type { CalculatorType } from "../graph/calculator";
import type { Detection } from "../protocol";
import { OptionReader } from "./options";

export const detectionLabelIdToText: CalculatorType<unknown> = {
  name: "DetectionLabelIdToTextCalculator",
  create(given) {
    const options = new OptionReader(this.name, given);
    const labels = options.texts("label");
    options.done();
    return {
      process(context) {
        const named = context.require<Detection[]>("").map((one) => ({ ...one, label: nameOf(one.label, labels) }));
        context.emit("", named);
      },
    };
  },
};

/** A class beyond the names keeps its number. */
function nameOf(label: string, labels: readonly string[]): string {
  return (/^\d+$/.test(label) ? labels[Number(label)] : undefined) ?? label;
}
