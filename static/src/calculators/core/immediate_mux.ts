import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";

/**
 * ImmediateMuxCalculator: packets of all inputs as they come; one that is not later than the last is dropped, and
 * of one timestamp the first input's passes. A second output has `true` for each packet that came. As in MediaPipe
 * the contract names no input policy: give the node the ImmediateInputStreamHandler, or packets wait for each other.
 */
export const immediateMux: CalculatorType<unknown> = {
  name: "ImmediateMuxCalculator",
  contract: { timestampOffset: 0 },
  create: () => ({
    process(context) {
      for (const { tag, index } of context.ports) {
        const value = context.inputAt(tag, index);
        if (value !== undefined) pass(context, context.settled(tag, index), value);
      }
    },
  }),
};

function pass(context: CalculatorContext, timestamp: number, value: unknown): void {
  if (timestamp >= context.nextTimestampBound("", 0)) context.emitAt("", 0, timestamp, retained(value));
  if (context.outputCount("") < 2) return;
  context.emitAt("", 1, Math.max(context.timestamp, context.nextTimestampBound("", 1)), true);
}
