import type { CalculatorType, Options } from "../../graph/calculator";
import { OptionReader } from "../options";

/** ConstantSidePacketCalculator: the output side packet PACKET:i is the value of the i-th `packet` of its options. */
export const constantSidePacket: CalculatorType<unknown> = {
  name: "ConstantSidePacketCalculator",
  contract: {},
  create(options, _services, node) {
    const reader = new OptionReader("ConstantSidePacketCalculator", options);
    const values = reader.messages("packet").map((packet) => valueOf(packet, node));
    reader.done();
    return {
      open(context) {
        const count = context.sideOutputCount("PACKET");
        if (count !== values.length) throw new Error(`${values.length} values of 'packet' for ${count} side packets`);
        values.forEach((value, index) => {
          context.emitSide("PACKET", value, index);
        });
      },
      process: (context) => {
        context.stop();
      },
    };
  },
};

/** A packet's options are one field, such as `int_value`. */
function valueOf(packet: Options, node: string): unknown {
  const [value, ...more] = Object.values(packet);
  if (value === undefined || more.length) {
    throw new Error(`the node '${node}': each 'packet' has one value, such as {"int_value": 1}`);
  }
  return value;
}
