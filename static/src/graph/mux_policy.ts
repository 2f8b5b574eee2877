/** MuxInputStreamHandler: waits only for the data input that the control input selects. */

import { ConfigError } from "./config";
import type { InputPolicy, PolicyInputs } from "./input_policy";
import type { InputQueue } from "./input_queue";
import type { InputSet } from "./sync_set";
import { Readiness } from "./sync_set";
import { StreamError } from "./stream";
import * as Timestamp from "./timestamp";

/** Data inputs `INPUT:0` to `INPUT:N-1`, control input `SELECT` with an integer; closes with the control input. */
export class MuxPolicy implements InputPolicy {
  timestamp = Timestamp.PRE_STREAM;
  private readonly queues: readonly InputQueue[];
  private readonly data: readonly number[];
  private readonly control: InputQueue;

  constructor({ queues, tags }: PolicyInputs) {
    const place = tags.place("SELECT", 0);
    if (place === undefined) throw new ConfigError("a MuxInputStreamHandler needs an input 'SELECT'");
    this.queues = queues;
    this.control = queues[place]!;
    this.data = Array.from({ length: tags.count("INPUT") }, (_, index) => tags.place("INPUT", index)!);
  }

  readiness(): Readiness {
    this.timestamp = this.control.timestampOrBound;
    if (this.control.isDone) return Readiness.ForClose;
    if (this.control.isEmpty) {
      this.dropBefore(this.timestamp);
      return Readiness.NotReady;
    }
    const data = this.selected(this.control.at(0)!.payload);
    data.dropBefore(this.timestamp);
    const isSettled = !data.isEmpty || data.bound > this.timestamp;
    return isSettled ? Readiness.ForProcess : Readiness.NotReady;
  }

  missing(): InputQueue[] {
    const place = this.data[Number(this.control.at(0)?.payload)];
    return [place === undefined ? this.control : this.queues[place]!];
  }

  private selected(value: unknown): InputQueue {
    const place = typeof value === "number" ? this.data[value] : undefined;
    if (place !== undefined) return this.queues[place]!;
    const known = `0 to ${this.data.length - 1}`;
    const what = `the stream '${this.control.stream}' selects ${JSON.stringify(value)}`;
    throw new StreamError(`${what} at timestamp ${Timestamp.toDebugString(this.timestamp)}; there are ${known}`);
  }

  fill(inputs: InputSet): number {
    const selected = this.selected(this.control.at(0)!.payload);
    for (const [place, queue] of this.queues.entries()) {
      const isRead = queue === selected || queue === this.control;
      inputs.packets[place] = isRead ? queue.take(this.timestamp) : undefined;
      inputs.settled[place] = this.timestamp;
    }
    this.dropBefore(Timestamp.nextAllowedInStream(this.timestamp));
    return this.timestamp;
  }

  private dropBefore(timestamp: number): void {
    for (const place of this.data) this.queues[place]!.dropBefore(timestamp);
  }
}
