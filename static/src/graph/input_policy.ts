/** When a calculator runs, and on which packets: MediaPipe's input stream handlers (mediapipe/framework/stream_handler/). */

import { BatchPolicy } from "./batch_policy";
import type { Options } from "./calculator";
import type { HandlerConfig } from "./config";
import { ConfigError } from "./config";
import { FixedSizePolicy } from "./fixed_size_policy";
import type { InputQueue } from "./input_queue";
import { MuxPolicy } from "./mux_policy";
import type { InputSet } from "./sync_set";
import { LAST, Readiness, SyncSet } from "./sync_set";
import type { TagMap } from "./tag_map";
import { TimestampAlignPolicy } from "./timestamp_align_policy";
import * as Timestamp from "./timestamp";

export interface InputPolicy {
  /** What {@link readiness} found: the timestamp to process; if it is not ready, the least that may come. */
  readonly timestamp: number;
  /** Whether the packets are taken only when the calculator's turn has come. */
  readonly fillsLate?: boolean;
  /** Whether the call settles nothing: it runs since an input has ended, before any timestamp is known. */
  readonly isOpen?: boolean;
  readiness(): Readiness;
  /** Takes the packets that {@link readiness} found, and gives their timestamp. */
  fill(inputs: InputSet): number;
  /** Called for each packet and bound that comes. */
  arrived?(): void;
  /** Gives back packets that it has taken and not given on, when the run ends. */
  clear?(): void;
  /** What a node that cannot run waits for; without it, the empty inputs that are settled least far. */
  missing?(): InputQueue[];
}

/** What a policy is made of. */
export interface PolicyInputs {
  readonly queues: readonly InputQueue[];
  readonly tags: TagMap;
  readonly options: Options;
  readonly processBounds: boolean;
}

/** All packets of the least timestamp that is settled everywhere; closes when all inputs are done. */
class DefaultPolicy implements InputPolicy {
  private readonly set: SyncSet;
  constructor({ queues, processBounds }: PolicyInputs) {
    this.set = new SyncSet(queues, [...queues.keys()], processBounds);
  }

  get timestamp(): number {
    return this.set.timestamp;
  }

  readiness(): Readiness {
    return this.set.readiness();
  }

  fill(inputs: InputSet): number {
    this.set.fill(this.set.timestamp, inputs);
    return this.set.timestamp;
  }
}

/** As the default, but closes as soon as one input is done: for cycles, which never are done by themselves. */
class EarlyClosePolicy extends DefaultPolicy {
  private readonly queues: readonly InputQueue[];
  constructor(inputs: PolicyInputs) {
    super(inputs);
    this.queues = inputs.queues;
  }

  override readiness(): Readiness {
    return this.queues.some((queue) => queue.isDone) ? Readiness.ForClose : super.readiness();
  }
}

/** The first packet of every input, whatever their timestamps; closes as soon as one input is done. */
class BarrierPolicy implements InputPolicy {
  timestamp = Timestamp.PRE_STREAM;
  private readonly queues: readonly InputQueue[];
  constructor({ queues }: PolicyInputs) {
    this.queues = queues;
  }

  readiness(): Readiness {
    if (this.queues.some((queue) => queue.isDone)) return Readiness.ForClose;
    this.timestamp = Math.min(...this.queues.map((queue) => queue.timestampOrBound));
    return this.queues.some((queue) => queue.isEmpty) ? Readiness.NotReady : Readiness.ForProcess;
  }

  missing(): InputQueue[] {
    return this.queues.filter((queue) => queue.isEmpty);
  }

  fill(inputs: InputSet): number {
    for (const [place, queue] of this.queues.entries()) {
      const packet = queue.shift();
      inputs.packets[place] = packet;
      inputs.settled[place] = packet!.timestamp;
    }
    return this.timestamp;
  }
}

/** Each input by itself, at once: the input timestamps need not rise. */
class ImmediatePolicy implements InputPolicy {
  timestamp = Timestamp.PRE_STREAM;
  isOpen = false;
  private readonly queues: readonly InputQueue[];
  private readonly sets: readonly SyncSet[];
  /** The timestamp that each set has ready; Unset for none. */
  private readonly ready: number[];
  private readonly processBounds: boolean;
  constructor({ queues, processBounds }: PolicyInputs) {
    this.processBounds = processBounds;
    this.queues = queues;
    this.sets = queues.map((_, place) => new SyncSet(queues, [place], processBounds));
    this.ready = queues.map(() => Timestamp.UNSET);
  }

  readiness(): Readiness {
    let least = Timestamp.DONE;
    let first = Timestamp.DONE;
    let oneBecameDone = false;
    for (const [place, set] of this.sets.entries()) {
      if (this.ready[place] === Timestamp.UNSET) oneBecameDone = this.look(place, set) || oneBecameDone;
      if (this.ready[place] !== Timestamp.UNSET) first = Math.min(first, this.ready[place]!);
      least = Math.min(least, first, set.timestamp);
    }
    this.timestamp = least;
    // MediaPipe settles the timestamp of a call for an input's end, though a packet could still have come there.
    this.isOpen = first === Timestamp.DONE && !Timestamp.isRangeValue(least);
    if (least === Timestamp.DONE) return Readiness.ForClose;
    if (first === Timestamp.DONE) return oneBecameDone ? Readiness.ForProcess : Readiness.NotReady;
    this.timestamp = first;
    return Readiness.ForProcess;
  }

  /** Whether the input became done with this look, and `process` is not called for its last timestamp. */
  private look(place: number, set: SyncSet): boolean {
    const before = set.lastProcessed;
    const readiness = set.readiness();
    if (readiness === Readiness.ForProcess) this.ready[place] = set.timestamp;
    const becameDone = readiness === Readiness.ForClose && before < LAST;
    if (becameDone && this.processBounds) this.ready[place] = LAST;
    return becameDone && !this.processBounds;
  }

  missing(): InputQueue[] {
    return this.queues.filter((queue) => queue.isEmpty && !queue.isDone);
  }

  fill(inputs: InputSet): number {
    for (const [place, set] of this.sets.entries()) {
      if (this.ready[place] === this.timestamp) {
        set.fill(this.timestamp, inputs);
        this.ready[place] = Timestamp.UNSET;
      } else set.fillBounds(inputs);
    }
    return this.timestamp;
  }
}

/** The inputs fall into sets, each synchronised by itself; one set a call. */
class SyncSetPolicy implements InputPolicy {
  timestamp = Timestamp.PRE_STREAM;
  private readonly sets: SyncSet[];
  private readonly done = new Set<SyncSet>();
  private current: SyncSet | undefined;
  constructor({ queues, tags, options, processBounds }: PolicyInputs) {
    const named = (options["sync_set"] as { tag_index?: string[] }[] | undefined) ?? [];
    const places = named.map(({ tag_index = [] }) => tag_index.map((one) => tags.require(one)));
    const rest = [...queues.keys()].filter((place) => !places.some((set) => set.includes(place)));
    this.sets = [...places, rest].filter((set) => set.length).map((set) => new SyncSet(queues, set, processBounds));
  }

  readiness(): Readiness {
    for (const set of this.sets) {
      if (this.done.has(set)) continue;
      const readiness = set.readiness();
      if (readiness === Readiness.ForClose) this.done.add(set);
      else if (readiness === Readiness.ForProcess) {
        this.current = set;
        this.timestamp = set.timestamp;
        return readiness;
      }
    }
    this.timestamp = Math.min(Timestamp.DONE, ...this.sets.map((set) => set.timestamp));
    return this.done.size === this.sets.length ? Readiness.ForClose : Readiness.NotReady;
  }

  fill(inputs: InputSet): number {
    for (const set of this.sets) {
      if (set === this.current) set.fill(this.timestamp, inputs);
      else set.fillBounds(inputs);
    }
    return this.timestamp;
  }
}

const POLICIES: Readonly<Record<string, new (inputs: PolicyInputs) => InputPolicy>> = {
  DefaultInputStreamHandler: DefaultPolicy,
  EarlyCloseInputStreamHandler: EarlyClosePolicy,
  BarrierInputStreamHandler: BarrierPolicy,
  ImmediateInputStreamHandler: ImmediatePolicy,
  SyncSetInputStreamHandler: SyncSetPolicy,
  FixedSizeInputStreamHandler: FixedSizePolicy,
  MuxInputStreamHandler: MuxPolicy,
  TimestampAlignInputStreamHandler: TimestampAlignPolicy,
};

/** The policy of a handler's name, throws a {@link ConfigError} if there is no such handler. */
export function inputPolicy(handler: HandlerConfig, inputs: Omit<PolicyInputs, "options">): InputPolicy {
  const { inputStreamHandler: name, options } = handler;
  const policy = Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined;
  if (!policy) {
    throw new ConfigError(`the input stream handler '${name}' is not known; known are ${Object.keys(POLICIES).join(", ")}`);
  }
  const made = new policy({ ...inputs, options });
  const batchSize = (options["batch_size"] ?? 1) as number;
  return batchSize > 1 ? new BatchPolicy(made, batchSize) : made;
}
