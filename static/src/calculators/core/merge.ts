import type { CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";

/** MergeCalculator: at each timestamp the packet of the first input that has one. */
export const merge: CalculatorType<unknown> = {
  name: "MergeCalculator",
  contract: { timestampOffset: 0 },
  create: () => ({
    process(context) {
      for (const { tag, index } of context.ports) {
        const value = context.inputAt(tag, index);
        if (value === undefined) continue;
        context.emitAt("", 0, context.timestamp, retained(value));
        return;
      }
    },
  }),
};
