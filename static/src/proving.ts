/** When the files that a worker has had loaded are proved, and the page is told of one that is damaged. */

import { Integrity } from "./integrity";
import { type LoadError, setWitness } from "./loading";
import type { Manifest } from "./protocol";

/** Milliseconds after which the files that have come so far are proved: one of them may be why nothing goes on. */
const PROVED_AFTER = 3000;

/** Milliseconds that whoever reads a file has to prove it himself. */
const PROVED_BY_THEN = 1000;

export class Proving {
  #integrity: Integrity | undefined;
  /** What the page has been told of a file. */
  #told: LoadError | undefined;
  /** Copies of what has come before the manifest, by which they are proved. */
  readonly #copies: [address: string, copy: Response][] = [];

  constructor(private readonly tell: (fault: LoadError) => void) {
    setWitness((address, copy) => { this.copied(address, copy); });
  }

  /** The manifest has come. */
  begin(base: string, manifest: Manifest): void {
    this.#integrity = new Integrity(base, manifest);
    this.#proveCopies();
    setTimeout(() => { this.#watch(); }, PROVED_AFTER);
  }

  /** A copy of what somebody else reads as it comes: it is proved as soon as the manifest is there. */
  copied(address: string, copy: Response): void {
    this.#copies.push([address, copy]);
    this.#proveCopies();
  }

  /** The file to blame for what has failed; null where none is. */
  async fault(): Promise<LoadError | null> {
    return (await this.#integrity?.fault()) ?? null;
  }

  /** Proves what has come so far, and from then on what comes: what is damaged may run all the same. */
  #watch(): void {
    void this.#prove();
    new PerformanceObserver(() => { setTimeout(() => { void this.#prove(); }, PROVED_BY_THEN); }).observe({ type: "resource" });
  }

  async #prove(): Promise<void> {
    const fault = await this.fault();
    if (fault === null || fault === this.#told) return;
    this.#told = fault;
    this.tell(fault);
  }

  /** What is damaged may compile, and hang: it is told as soon as it has come. */
  #proveCopies(): void {
    if (this.#integrity === undefined) return;
    for (const [address, copy] of this.#copies.splice(0)) {
      // What broke off on its way fails where it is read.
      this.#integrity.faultOf(address, copy).then((fault) => { if (fault) this.tell(fault); }, () => undefined);
    }
  }
}
