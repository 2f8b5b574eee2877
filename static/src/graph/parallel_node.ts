/** `max_in_flight`: calls of one calculator that run at once, where it gives promises. */

import { Context } from "./context";
import { Node, Phase } from "./node";

/** Keeps what a call emits until its turn has come. */
class OrderedContext extends Context {
  isOpen = false;
  isDone = false;
  /** What the call has done to its outputs; undefined outside of a call that runs beside others. */
  private kept: (() => void)[] | undefined;

  begin(isOpen: boolean): void {
    this.isOpen = isOpen;
    this.isDone = false;
    this.kept = [];
  }

  /** Does all that was kept; throws what the outputs cannot take, and still gives back every payload. */
  flush(): void {
    const { kept = [] } = this;
    this.kept = undefined;
    const errors: unknown[] = [];
    for (const action of kept) {
      try {
        action();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length) throw errors[0];
  }

  private keep(action: () => void): void {
    if (this.kept) this.kept.push(action);
    else action();
  }

  protected override give(place: number | undefined, timestamp: number, value: unknown): void {
    this.keep(() => {
      super.give(place, timestamp, value);
    });
  }

  override setNextTimestampBound(tag: string, index: number, timestamp: number): void {
    this.keep(() => {
      super.setNextTimestampBound(tag, index, timestamp);
    });
  }

  override closeOutput(tag: string, index: number): void {
    this.keep(() => {
      super.closeOutput(tag, index);
    });
  }
}

/** A node whose calls may overlap; what they emit leaves in the order in which they began, as in MediaPipe. */
export class ParallelNode extends Node {
  declare context: OrderedContext;
  private readonly begun: OrderedContext[] = [];
  private readonly free: OrderedContext[] = [];

  protected override newContext(): OrderedContext {
    return new OrderedContext(this.config, this.host, this.offset);
  }

  override get inFlight(): number {
    return this.begun.length + (this.phase === Phase.Queued ? 1 : 0);
  }

  /** To close, it waits for what is in flight. */
  protected override queue(): void {
    if (!this.mustClose || !this.begun.length) super.queue();
  }

  /** The bounds move when what is in flight has ended. */
  override propagate(): void {
    if (!this.begun.length) super.propagate();
  }

  protected override process(): void | Promise<void> {
    const { context } = this;
    context.begin(this.policy.isOpen ?? false);
    this.begun.push(context);
    this.context = this.free.pop() ?? this.newContext();
    this.context.recorder = context.recorder;
    const result = this.call("process", context);
    this.goOn();
    return result;
  }

  protected override processed(context: OrderedContext): void {
    context.isDone = true;
    while (this.begun[0]?.isDone) this.end(this.begun.shift()!);
    this.goOn();
  }

  private end(context: OrderedContext): void {
    try {
      context.flush();
    } catch (error) {
      this.failed(context, error);
    }
    this.finish(context, context.isOpen);
    context.reset();
    this.free.push(context);
  }

  private goOn(): void {
    if (this.phase === Phase.Running && this.begun.length < this.config.maxInFlight) this.phase = Phase.Idle;
    this.evaluate();
  }
}
