import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import type { NodeConfig } from "../../graph/config";
import { ConfigError } from "../../graph/config";
import { requireInputs } from "./ports";

/**
 * MuxCalculator: OUTPUT is the INPUT that SELECT, a stream or a side packet, names by its index.
 *
 * With the stream SELECT it waits for the selected input alone.
 */
export const mux: CalculatorType<unknown> = {
  name: "MuxCalculator",
  contract(node) {
    requireInputs(node, "INPUT");
    const isStream = selects(node.inputStream);
    if (isStream === selects(node.inputSidePacket)) {
      throw new ConfigError("the input 'SELECT' must be connected once, as a stream or as a side packet");
    }
    return { timestampOffset: 0, ...(isStream && { inputStreamHandler: "MuxInputStreamHandler" }) };
  },
  create: () => ({
    process(context) {
      const value = context.inputAt("INPUT", selected(context));
      if (value !== undefined) context.emit("OUTPUT", retained(value));
    },
  }),
};

function selects(entries: NodeConfig["inputStream"]): boolean {
  return entries.some((entry) => entry.startsWith("SELECT:"));
}

function selected(context: CalculatorContext): number {
  const index = context.inputCount("SELECT") ? context.input<number>("SELECT") : context.side<number>("SELECT");
  const count = context.inputCount("INPUT");
  if (typeof index === "number" && index >= 0 && index < count) return index;
  throw new Error(`SELECT is ${JSON.stringify(index)}; it must be one of 0 to ${count - 1}`);
}
