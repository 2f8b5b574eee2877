import type { Calculator, CalculatorContext, CalculatorType, Options } from "../../graph/calculator";
import { retained } from "../../graph/calculator";
import { OptionReader } from "../options";
import { requirePairs } from "./ports";

/**
 * GateCalculator: passes its untagged inputs while it is allowed to.
 *
 * ALLOW or DISALLOW (a stream or a side packet, one of them), else the option `allow` (default false), says whether.
 * STATE_CHANGE tells of each change; of the first state only where `initial_gate_state` is set and differs.
 * `empty_packets_as_allow` (default false) is the answer at a timestamp without a control packet.
 */
export const gate: CalculatorType<unknown> = {
  name: "GateCalculator",
  contract: (node) => {
    requirePairs(node, "");
    return { timestampOffset: 0 };
  },
  create: (options) => new Gate(options),
};

const STATES = ["GATE_UNINITIALIZED", "GATE_ALLOW", "GATE_DISALLOW"] as const;
type State = (typeof STATES)[number];

const CONTROLS = ["ALLOW", "DISALLOW"] as const;

class Gate implements Calculator {
  private readonly allow: boolean;
  private readonly emptyAllows: boolean;
  private readonly first: State;
  private state: State = "GATE_UNINITIALIZED";
  /** What a side packet has decided for the whole run. */
  private decided: boolean | undefined;

  constructor(options: Options) {
    const reader = new OptionReader("GateCalculator", options);
    this.allow = reader.boolean("allow", false);
    this.emptyAllows = reader.boolean("empty_packets_as_allow", false);
    this.first = reader.oneOf("initial_gate_state", STATES, "GATE_UNINITIALIZED");
    reader.done();
  }

  open(context: CalculatorContext): void {
    const sides = CONTROLS.filter((tag) => context.hasSide(tag));
    const streams = CONTROLS.filter((tag) => context.inputCount(tag));
    if (sides.length + streams.length > 1) throw new Error("ALLOW and DISALLOW exclude each other; connect one of them");
    this.state = this.first;
    this.decided = streams.length ? undefined : this.allow;
    if (sides[0]) this.decided = context.side<boolean>(sides[0]) === (sides[0] === "ALLOW");
    if (sides[0] && !this.decided) this.closeOutputs(context);
  }

  private closeOutputs(context: CalculatorContext): void {
    for (let index = 0; index < context.outputCount(""); index++) context.closeOutput("", index);
  }

  process(context: CalculatorContext): void {
    const allowed = this.decided ?? this.isAllowed(context);
    this.change(context, allowed);
    if (!allowed) return;
    for (let index = 0; index < context.inputCount(""); index++) {
      const value = context.inputAt("", index);
      if (value !== undefined) context.emitAt("", index, context.timestamp, retained(value));
    }
  }

  private isAllowed(context: CalculatorContext): boolean {
    const allow = context.input<boolean>("ALLOW");
    const disallow = context.input<boolean>("DISALLOW");
    return allow ?? (disallow === undefined ? this.emptyAllows : !disallow);
  }

  private change(context: CalculatorContext, allowed: boolean): void {
    const state = allowed ? "GATE_ALLOW" : "GATE_DISALLOW";
    if (this.state !== "GATE_UNINITIALIZED" && this.state !== state) context.emit("STATE_CHANGE", allowed);
    this.state = state;
  }
}
