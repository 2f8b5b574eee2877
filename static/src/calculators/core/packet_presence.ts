import type { CalculatorType } from "../../graph/calculator";

/** PacketPresenceCalculator: PRESENCE says at each settled timestamp whether PACKET has a packet there. */
export const packetPresence: CalculatorType<unknown> = {
  name: "PacketPresenceCalculator",
  contract: { timestampOffset: 0, processTimestampBounds: true },
  create: () => ({
    process(context) {
      context.emit("PRESENCE", context.input("PACKET") !== undefined);
    },
  }),
};
