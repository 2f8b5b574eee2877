import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import * as Timestamp from "../../graph/timestamp";
import type { Waiting } from "./channels";
import { channelTag, plainTag, relay, requireChannels } from "./channels";
import { CONTRACT, Switch } from "./switch";

/**
 * SwitchDemuxCalculator: each packet of TAG:i goes to Cn__TAG:i, where n is the channel that is active at its timestamp.
 *
 * A stream SELECT (whole number) or ENABLE (boolean: channel 0 or 1) says the active channel from its packet's timestamp
 * on; packets wait until it is known. Before, it is that of the side packet of that name, else of the option `select` or
 * `enable`, else 0. Input side packets go to all channels. Half of a SwitchContainer.
 */
export const switchDemux: CalculatorType<unknown> = {
  name: "SwitchDemuxCalculator",
  contract(node) {
    requireChannels(node, "outputStream", "inputStream");
    requireChannels(node, "outputSidePacket", "inputSidePacket");
    return CONTRACT;
  },
  create: (options) => new SwitchDemux("SwitchDemuxCalculator", options),
};

class SwitchDemux extends Switch {
  override open(context: CalculatorContext): void {
    super.open(context);
    for (const { tag, index } of context.sideOutputPorts) {
      context.emitSide(tag, context.side(plainTag(tag)!, index), index);
    }
  }

  override process(context: CalculatorContext): void {
    for (const one of this.waiting) one.record(context);
    this.history.record(context);
    const end = Timestamp.nextAllowedInStream(this.history.settled(context));
    for (const one of this.waiting) this.send(context, one, end);
    this.history.dropBefore(Math.min(Timestamp.DONE, ...this.waiting.map((one) => least(context, one))));
  }

  private send(context: CalculatorContext, waiting: Waiting, end: number): void {
    const { tag, index } = waiting.port;
    for (let packet = waiting.shift(end); packet; packet = waiting.shift(end)) {
      relay(context, channelTag(tag, this.history.at(packet.timestamp)), index, packet);
    }
  }
}

/** The least timestamp that a packet of the input may still have, or has while it waits. */
function least(context: CalculatorContext, { port, timestamp }: Waiting): number {
  const settled = context.settled(port.tag, port.index);
  return timestamp === undefined ? settled : Math.min(settled, Timestamp.previousAllowedInStream(timestamp));
}
