import type { CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import { requirePairs } from "./ports";

/** PassThroughCalculator: every input, and every input side packet, to the output of the same tag and index. */
export const passThrough: CalculatorType<unknown> = {
  name: "PassThroughCalculator",
  contract: (node) => {
    requirePairs(node);
    return { timestampOffset: 0 };
  },
  create: () => ({
    open(context) {
      for (const { tag, index } of context.sidePorts) context.emitSide(tag, context.side(tag, index), index);
    },
    process(context) {
      for (const { tag, index } of context.ports) {
        const value = context.inputAt(tag, index);
        if (value !== undefined) context.emitAt(tag, index, context.settled(tag, index), retained(value));
      }
    },
  }),
};
