import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import { OptionReader } from "../options";

/**
 * PacketClonerCalculator: at each packet of the tick, the last packet of each other input, stamped anew.
 *
 * The tick is the input TICK, or the last one. Options `output_only_when_all_inputs_received` (default false;
 * `output_packets_only_when_all_inputs_received` is its older name): nothing before every input had a packet.
 */
export const packetCloner: CalculatorType<unknown> = {
  name: "PacketClonerCalculator",
  contract: { timestampOffset: 0 },
  create(options) {
    const reader = new OptionReader("PacketClonerCalculator", options);
    const older = reader.boolean("output_packets_only_when_all_inputs_received", false);
    const onlyAll = reader.boolean("output_only_when_all_inputs_received", older);
    reader.done();
    const last = new Map<number, unknown>();
    return {
      process(context) {
        const [data, tick] = split(context);
        for (const index of data) keep(last, index, context.inputAt("", index));
        if (context.inputAt(...tick) === undefined || (onlyAll && last.size < data.length)) return;
        for (const [index, value] of last) context.emitAt("", index, context.timestamp, retained(value));
      },
      close() {
        for (const value of last.values()) release(value);
        last.clear();
      },
    };
  },
};

function split(context: CalculatorContext): [data: number[], tick: [tag: string, index: number]] {
  const count = context.inputCount("");
  const hasTag = context.inputCount("TICK") > 0;
  const data = Array.from({ length: hasTag ? count : count - 1 }, (_, index) => index);
  return [data, hasTag ? ["TICK", 0] : ["", count - 1]];
}

function keep(last: Map<number, unknown>, index: number, value: unknown): void {
  if (value === undefined) return;
  release(last.get(index));
  last.set(index, retained(value));
}
