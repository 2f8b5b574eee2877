import type { CalculatorType } from "../../graph/calculator";
import type { Shared } from "../../graph/calculator";
import { isShared, release, retained } from "../../graph/calculator";
import { nextAllowedInStream } from "../../graph/timestamp";

/** A list that holds a reference to each of its shared items for as long as it is held itself. */
class SharedList extends Array<unknown> implements Shared {
  private references = 1;

  retain(): void {
    this.references++;
  }

  release(): void {
    if (--this.references === 0) for (const item of this) release(item);
  }
}

/**
 * EndLoopCalculator and EndLoopIntCalculator: the packets of ITEM since the last one of BATCH_END as one list,
 * ITERABLE, at the timestamp that BATCH_END gives; a bound where there were none.
 */
function endLoop(name: string): CalculatorType<unknown> {
  return {
    name,
    contract: {},
    create() {
      let items: unknown[] = [];
      return {
        process(context) {
          const item = context.input("ITEM");
          if (item !== undefined) items.push(retained(item));
          const end = context.input<number>("BATCH_END");
          if (end === undefined) return;
          if (items.length) context.emitAt("ITERABLE", 0, end, items.some(isShared) ? new SharedList(...items) : items);
          else context.setNextTimestampBound("ITERABLE", 0, nextAllowedInStream(end));
          items = [];
        },
        close() {
          for (const item of items) release(item);
          items = [];
        },
      };
    },
  };
}

export const END_LOOPS = ["EndLoopCalculator", "EndLoopIntCalculator"].map(endLoop);
