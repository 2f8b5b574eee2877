import type { CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";

/** RoundRobinDemuxCalculator: packets of its input (untagged, or INPUT) to OUTPUT:0, OUTPUT:1, … in turn; SELECT says to which. */
export const roundRobinDemux: CalculatorType<unknown> = {
  name: "RoundRobinDemuxCalculator",
  contract: {},
  create() {
    let next = 0;
    return {
      open() {
        next = 0;
      },
      process(context) {
        const value = context.input("INPUT") ?? context.input("");
        if (value === undefined) return;
        context.emitAt("OUTPUT", next, context.timestamp, retained(value));
        context.emit("SELECT", next);
        next = (next + 1) % context.outputCount("OUTPUT");
      },
    };
  },
};
