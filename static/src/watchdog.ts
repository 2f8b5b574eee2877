/** Calls back once when it has neither been fed, nor seen anything go on by itself, for so many seconds. */

/**
 * Time is counted in ticks, not read off a clock: while a computer sleeps or a tab is frozen no tick passes,
 * so waking up is not taken for a hang.
 */
const TICKS = 10;

export class Watchdog {
  #left = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    readonly seconds: number,
    readonly bark: () => void,
    /** Whether it sees something go on by itself; asked at each tick. */
    readonly goesOn: () => boolean = () => false,
  ) {}

  /** Begins to count, or begins anew. */
  feed(): void {
    this.#left = TICKS;
    this.#timer ??= setInterval(() => {
      this.#tick();
    }, (this.seconds * 1000) / TICKS);
  }

  rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#left = this.goesOn() ? TICKS : this.#left - 1;
    if (this.#left > 0) return;
    this.rest();
    this.bark();
  }
}
