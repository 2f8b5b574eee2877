import type { Calculator, CalculatorContext, CalculatorType } from "../../graph/calculator";
import { release, retained } from "../../graph/calculator";
import type { Packet } from "../../graph/stream";
import * as Timestamp from "../../graph/timestamp";
import { requireInputs } from "./ports";

/**
 * PreviousLoopbackCalculator: with each packet of MAIN the packet that LOOP (a back edge) had at MAIN's packet
 * before, as PREV_LOOP; a bound where there is none.
 */
export const previousLoopback: CalculatorType<unknown> = {
  name: "PreviousLoopbackCalculator",
  contract: (node) => {
    requireInputs(node, "MAIN", "LOOP");
    return { inputStreamHandler: "ImmediateInputStreamHandler", processTimestampBounds: true };
  },
  create: () => new PreviousLoopback(),
};

/** A timestamp of MAIN that is to be answered, and the one of LOOP that answers it; Unset: none does. */
interface Question {
  readonly main: number;
  readonly loop: number;
}

class PreviousLoopback implements Calculator {
  private questions: Question[] = [];
  private loop: Packet[] = [];
  private lastMain = Timestamp.UNSTARTED;
  private lastPacket = Timestamp.UNSET;

  open(): void {
    this.lastMain = Timestamp.UNSTARTED;
    this.lastPacket = Timestamp.UNSET;
  }

  process(context: CalculatorContext): void {
    this.ask(context);
    const payload = context.input("LOOP");
    if (payload !== undefined) this.loop.push({ timestamp: context.settled("LOOP", 0), payload: retained(payload) });
    while (this.questions.length && this.answer(context, this.questions[0]!)) this.questions.shift();
    // Else a loop would wait for its own end.
    if (this.lastMain === Timestamp.MAX && !this.questions.length) context.closeOutput("PREV_LOOP", 0);
  }

  private ask(context: CalculatorContext): void {
    const main = context.settled("MAIN", 0);
    if (main <= this.lastMain) return;
    this.lastMain = main;
    const hasPacket = context.input("MAIN") !== undefined;
    if (main === Timestamp.MAX && !hasPacket) return;
    this.questions.push({ main, loop: hasPacket ? this.lastPacket : Timestamp.UNSET });
    if (hasPacket) this.lastPacket = main;
  }

  /** Whether LOOP is settled where the answer lies. */
  private answer(context: CalculatorContext, { main, loop }: Question): boolean {
    if (loop !== Timestamp.UNSET && context.settled("LOOP", 0) < loop) return false;
    while (this.loop.length && this.loop[0]!.timestamp < loop) release(this.loop.shift()!.payload);
    const found = this.loop[0]?.timestamp === loop ? this.loop.shift() : undefined;
    if (found) context.emitAt("PREV_LOOP", 0, main, found.payload);
    else context.setNextTimestampBound("PREV_LOOP", 0, Timestamp.nextAllowedInStream(main));
    return true;
  }

  close(): void {
    for (const { payload } of this.loop) release(payload);
    this.loop = [];
    this.questions = [];
  }
}
