/** What calculators that measure time ask; a simulated one makes their tests and replays exact. */

/** Time in microseconds, from an origin of its own. */
export interface Clock {
  now(): number;
}

export const REAL_CLOCK: Clock = { now: () => performance.now() * 1000 };

/** Stands still until it is advanced. */
export class SimulatedClock implements Clock {
  #now = 0;

  now(): number {
    return this.#now;
  }

  /** Moves on by `microseconds`; throws a RangeError if that is negative: time does not run backwards. */
  advance(microseconds: number): void {
    if (!(microseconds >= 0)) throw new RangeError(`a clock cannot be advanced by ${microseconds} µs; 0 or more can`);
    this.#now += microseconds;
  }
}
