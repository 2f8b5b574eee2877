import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import { nextAllowedInStream } from "../../graph/timestamp";
import { OptionReader } from "../options";

/**
 * PacketClonerCalculator: at each packet of the tick, the last packet of each other input, stamped anew.
 *
 * The tick is the input TICK, or the last one. Before every input had a packet, `output_only_when_all_inputs_received`
 * (default false) drops ticks, `output_packets_only_when_all_inputs_received` (default false) gives bounds for them.
 */
export const packetCloner: CalculatorType<unknown> = {
  name: "PacketClonerCalculator",
  contract: {},
  create: (options) => new PacketCloner(options),
};

class PacketCloner implements Calculator {
  private readonly dropsEarly: boolean;
  private readonly settlesEarly: boolean;
  private readonly last = new Map<number, unknown>();

  constructor(options: Options) {
    const reader = new OptionReader("PacketClonerCalculator", options);
    this.dropsEarly = reader.boolean("output_only_when_all_inputs_received", false);
    this.settlesEarly = reader.boolean("output_packets_only_when_all_inputs_received", false);
    reader.done();
  }

  process(context: CalculatorContext): void {
    const hasTag = context.inputCount("TICK") > 0;
    const count = context.inputCount("") - (hasTag ? 0 : 1);
    for (let index = 0; index < count; index++) this.keep(index, context.inputAt("", index));
    const tick = hasTag ? context.input("TICK") : context.inputAt("", count);
    if (tick !== undefined) this.tick(context, count);
  }

  private keep(index: number, value: unknown): void {
    if (value === undefined) return;
    release(this.last.get(index));
    this.last.set(index, retained(value));
  }

  private tick(context: CalculatorContext, count: number): void {
    const isComplete = this.last.size === count;
    if (!isComplete && this.dropsEarly && !this.settlesEarly) return;
    for (let index = 0; index < count; index++) {
      const isGiven = this.last.has(index) && (isComplete || !this.settlesEarly);
      if (isGiven) context.emitAt("", index, context.timestamp, retained(this.last.get(index)));
      else context.setNextTimestampBound("", index, nextAllowedInStream(context.timestamp));
    }
  }

  close(): void {
    for (const value of this.last.values()) release(value);
    this.last.clear();
  }
}
