import type { CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import * as Timestamp from "../../graph/timestamp";

/** ImmediateMuxCalculator: packets of all inputs as they come; one that is not later than the last is dropped. */
export const immediateMux: CalculatorType<unknown> = {
  name: "ImmediateMuxCalculator",
  contract: { inputStreamHandler: "ImmediateInputStreamHandler" },
  create() {
    let last = Timestamp.UNSET;
    return {
      open() {
        last = Timestamp.UNSET;
      },
      process(context) {
        for (const { tag, index } of context.ports) {
          const value = context.inputAt(tag, index);
          const timestamp = context.settled(tag, index);
          if (value === undefined || timestamp <= last) continue;
          last = timestamp;
          context.emitAt("", 0, timestamp, retained(value));
        }
      },
    };
  },
};
