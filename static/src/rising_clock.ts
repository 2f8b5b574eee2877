/** Timestamps in microseconds that always rise, from a time in seconds that may stand still or jump back. */
export class RisingClock {
  #offset: number | null = null;
  #last = -1;

  /** A video that loops begins again right after its last frame. */
  next(seconds: number): number {
    const time = Math.round(seconds * 1e6);
    this.#offset ??= -time;
    if (time + this.#offset <= this.#last) this.#offset = this.#last + 1 - time;
    this.#last = time + this.#offset;
    return this.#last;
  }
}
