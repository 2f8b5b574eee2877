/** Whether a file comes so slowly that something smaller had better come first. */

/** Milliseconds between two looks at what has come, and from the first byte on to the first that counts. */
const EVERY = 100;

/** Milliseconds that a look may be late: a thread that was busy has not read what came meanwhile. */
const LATE = 50;

/** Milliseconds in which the first byte should have come. */
const PATIENCE = 1000;

/**
 * Milliseconds that the rest must still take. What comes first costs the line some 0.6 MB, and what was under way is
 * dropped; `python -m benchmarks.start` has both.
 */
const WORTH = 700;

/** This very machine is no line: what a developer sees does not hang on how busy it is. */
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** The file was given up, as its line is slow. */
export class SlowLine extends Error {
  constructor(address: string) {
    super(`'${address}' comes slowly`);
  }
}

/** Whether the visitor wants no byte that need not be. */
export function savesData(): boolean {
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

/** Whether it may matter: over a line, and where the visitor minds no further bytes. */
export function mayBeSlow(address: string): boolean {
  return !savesData() && !LOOPBACK.includes(new URL(address).hostname);
}

/** Looks at how a file comes, until it has come or is found slow. */
export class LineWatch {
  #loaded = 0;
  /** When what counts began, and what had come by then. */
  #since = performance.now();
  #before = 0;
  #due = this.#since + EVERY;
  readonly #timer = setInterval(() => { this.#look(); }, EVERY);

  /**
   * @param total bytes of the file, as it is read.
   * @param tell is called once the file is found slow.
   */
  constructor(
    private readonly total: number,
    private readonly tell: () => void,
  ) {}

  came(bytes: number): void {
    if (this.#loaded === 0) this.#since = performance.now();
    this.#loaded += bytes;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    const isLate = now > this.#due + LATE;
    this.#due = now + EVERY;
    if (isLate) this.#beginAnew(now);
    if (!(this.#rest(now - this.#since) > WORTH)) return;
    this.end();
    this.tell();
  }

  #beginAnew(now: number): void {
    if (this.#loaded === 0) return;
    this.#since = now;
    this.#before = this.#loaded;
  }

  /** Milliseconds until the rest has come, if it comes as it did so far. */
  #rest(took: number): number {
    if (this.#loaded === 0) return took > PATIENCE ? Infinity : 0;
    return took < EVERY ? 0 : (took * (this.total - this.#loaded)) / (this.#loaded - this.#before);
  }
}
