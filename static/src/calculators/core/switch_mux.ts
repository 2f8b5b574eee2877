import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { release } from "../../graph/calculator";
import * as Timestamp from "../../graph/timestamp";
import { channelTag, plainTag, relay, requireChannels } from "./channels";
import { CONTRACT, Switch } from "./switch";

/**
 * SwitchMuxCalculator: TAG:i is what Cn__TAG:i gives, where n is the channel that is active at each timestamp.
 *
 * The active channel is said as to SwitchDemuxCalculator; packets of the others are dropped. The output side packet
 * TAG:i is that of the channel that is active at the start. Half of a SwitchContainer.
 */
export const switchMux: CalculatorType<unknown> = {
  name: "SwitchMuxCalculator",
  contract(node) {
    requireChannels(node, "inputStream", "outputStream");
    requireChannels(node, "inputSidePacket", "outputSidePacket");
    return CONTRACT;
  },
  create: (options) => new SwitchMux("SwitchMuxCalculator", options),
};

class SwitchMux extends Switch {
  override open(context: CalculatorContext): void {
    super.open(context);
    const { channel } = this.history.first;
    for (const { tag, index } of context.sideOutputPorts) {
      context.emitSide(tag, context.side(channelTag(tag, channel), index), index);
    }
  }

  override process(context: CalculatorContext): void {
    this.history.record(context);
    for (const one of this.waiting) one.record(context);
    for (;;) {
      const end = this.history.end(context);
      const settled = this.send(context, end);
      if (!this.history.hasMore || Timestamp.nextAllowedInStream(settled) < end) return;
      for (const one of this.waiting) one.drop(end);
      this.history.dropFirst();
    }
  }

  /** Sends what the first channel has before `end`; gives up to where its inputs are settled. */
  private send(context: CalculatorContext, end: number): number {
    const { channel, start } = this.history.first;
    let settled = Timestamp.DONE;
    for (const waiting of this.waiting) {
      const { tag, index } = waiting.port;
      const own = plainTag(tag)!;
      if (tag !== channelTag(own, channel)) continue;
      for (let packet = waiting.shift(end); packet; packet = waiting.shift(end)) {
        if (packet.timestamp >= start) relay(context, own, index, packet);
        else release(packet.payload);
      }
      settled = Math.min(settled, context.settled(tag, index));
    }
    return settled;
  }
}
