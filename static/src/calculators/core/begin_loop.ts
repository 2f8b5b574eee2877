import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";

/**
 * BeginLoopCalculator and BeginLoopIntCalculator: each element of ITERABLE as a packet of ITEM, at timestamps of
 * their own (0, 1, …), with the packets of CLONE beside each; BATCH_END gives ITERABLE's timestamp with the last one.
 */
function beginLoop(name: string): CalculatorType<unknown> {
  return {
    name,
    contract: { processTimestampBounds: true },
    create() {
      let next = 0;
      return {
        open() {
          next = 0;
        },
        process(context) {
          const items = context.input<Iterable<unknown>>("ITERABLE") ?? [];
          const first = next;
          for (const item of items) emitItem(context, item, next++);
          // Without an item the timestamp is used up all the same: BATCH_END needs one.
          if (next === first) next++;
          context.emitAt("BATCH_END", 0, next - 1, context.timestamp);
          advance(context, next);
        },
      };
    },
  };
}

export const BEGIN_LOOPS = ["BeginLoopCalculator", "BeginLoopIntCalculator"].map(beginLoop);

function emitItem(context: CalculatorContext, item: unknown, timestamp: number): void {
  context.emitAt("ITEM", 0, timestamp, retained(item));
  for (let index = 0; index < context.inputCount("CLONE"); index++) {
    const value = context.inputAt("CLONE", index);
    if (value !== undefined) context.emitAt("CLONE", index, timestamp, retained(value));
  }
}

function advance(context: CalculatorContext, bound: number): void {
  context.setNextTimestampBound("ITEM", 0, bound);
  for (let index = 0; index < context.outputCount("CLONE"); index++) {
    context.setNextTimestampBound("CLONE", index, bound);
  }
}
