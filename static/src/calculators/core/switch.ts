/** What both halves of a SwitchContainer have. */

import type { Calculator, CalculatorContext, Options } from "../../graph/calculator";
import type { Waiting } from "./channels";
import { History, statedIn, waitingOf } from "./channels";

export const CONTRACT = { inputStreamHandler: "ImmediateInputStreamHandler", processTimestampBounds: true };

/** Knows which channel is active when, and keeps what waits for that. */
export abstract class Switch implements Calculator {
  protected history!: History;
  protected waiting: Waiting[] = [];

  constructor(
    private readonly name: string,
    private readonly options: Options,
  ) {}

  open(context: CalculatorContext): void {
    this.history = new History(context, statedIn(this.name, this.options));
    this.waiting = waitingOf(context);
  }

  abstract process(context: CalculatorContext): void;

  close(): void {
    for (const one of this.waiting) one.drop(Infinity);
  }
}
