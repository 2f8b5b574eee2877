import type { CalculatorContext, CalculatorType } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import { OptionReader } from "../options";

/**
 * MuxCalculator: OUTPUT is the INPUT that SELECT (a stream, a side packet or the option `select`, by index) names.
 *
 * With the stream SELECT it waits for the selected input alone.
 */
export const mux: CalculatorType<unknown> = {
  name: "MuxCalculator",
  contract: ({ inputStream }) => ({
    timestampOffset: 0,
    ...(inputStream.some((entry) => entry.startsWith("SELECT:")) && { inputStreamHandler: "MuxInputStreamHandler" }),
  }),
  create(options) {
    const reader = new OptionReader("MuxCalculator", options);
    const select = reader.integer("select", 0);
    reader.done();
    return {
      process(context) {
        const index = selected(context, select);
        const value = index === undefined ? undefined : context.inputAt("INPUT", index);
        if (value !== undefined) context.emitAt("OUTPUT", 0, context.timestamp, retained(value));
      },
    };
  },
};

function selected(context: CalculatorContext, option: number): number | undefined {
  if (context.inputCount("SELECT")) return context.inputAt<number>("SELECT", 0);
  const index = context.hasSide("SELECT") ? context.side<number>("SELECT") : option;
  if (index >= 0 && index < context.inputCount("INPUT")) return index;
  throw new Error(`SELECT is ${index}; there are the inputs 0 to ${context.inputCount("INPUT") - 1}`);
}
