import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import { ConfigError } from "../../graph/config";
import { TagMap } from "../../graph/tag_map";
import * as Timestamp from "../../graph/timestamp";

/**
 * PacketSequencerCalculator: OUTPUT:i is what INPUT:i gives, from the timestamp after the last TICK on; each TICK settles
 * its timestamp. So a SwitchContainer knows for each of its packets which choice counts.
 */
export const packetSequencer: CalculatorType<unknown> = {
  name: "PacketSequencerCalculator",
  contract(node) {
    if (new TagMap(node.inputStream).count("INPUT") !== new TagMap(node.outputStream).count("OUTPUT")) {
      throw new ConfigError("it needs as many outputs 'OUTPUT' as inputs 'INPUT'");
    }
    return { inputStreamHandler: "ImmediateInputStreamHandler" };
  },
  create: () => ({
    process(context) {
      const count = context.inputCount("INPUT");
      for (let index = 0; index < count; index++) pass(context, index);
      const tick = tickOf(context);
      for (let index = 0; index < count; index++) {
        if (tick < context.nextTimestampBound("OUTPUT", index)) continue;
        context.setNextTimestampBound("OUTPUT", index, Timestamp.nextAllowedInStream(tick));
      }
    },
  }),
};

function pass(context: CalculatorContext, index: number): void {
  const value = context.inputAt("INPUT", index);
  if (value === undefined) return;
  const timestamp = Math.max(Timestamp.MIN, context.nextTimestampBound("OUTPUT", index));
  context.emitAt("OUTPUT", index, timestamp, retained(value));
}

function tickOf(context: CalculatorContext): number {
  const ticks = Array.from({ length: context.inputCount("TICK") }, (_, index) => context.settled("TICK", index));
  return ticks.includes(context.timestamp) ? context.timestamp : Timestamp.MIN;
}
