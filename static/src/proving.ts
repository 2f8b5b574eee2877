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
  /** Of what the app can do without: models for other engines, references. Where it cannot, it has failed already. */
  #spare: Integrity | undefined;
  /** What the page has been told of a file. */
  #told: LoadError | undefined;
  /** Copies of what has come before the manifest, by which they are proved. */
  readonly #copies: [address: string, copy: Response][] = [];

  /** @param tell is given the fault, and whether the app cannot do without the file. */
  constructor(private readonly tell: (fault: LoadError, isNeeded: boolean) => void) {
    setWitness((address, copy) => { this.copied(address, copy); });
  }

  /** The manifest has come. */
  begin(base: string, manifest: Manifest): void {
    const { engines, files } = manifest;
    const spare = new Set([...Object.values(engines.tfjs).flat(), ...Object.values(engines.references)].map(({ path }) => path));
    // What engines load in workers of their own is proved by who starts them.
    const own = files.filter(({ path }) => !path.startsWith(`${engines.folder}engines/`));
    this.#integrity = new Integrity(base, { ...manifest, files: own.filter(({ path }) => !spare.has(path)) });
    this.#spare = new Integrity(base, { files: own.filter(({ path }) => spare.has(path)) });
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
    const needed = await this.fault();
    const fault = needed ?? (await this.#spare?.fault()) ?? null;
    if (fault === null || fault === this.#told) return;
    this.#told = fault;
    this.tell(fault, needed !== null);
  }

  /** What is damaged may compile, and hang: it is told as soon as it has come. */
  #proveCopies(): void {
    if (this.#integrity === undefined) return;
    for (const [address, copy] of this.#copies.splice(0)) {
      // What broke off on its way fails where it is read.
      this.#integrity.faultOf(address, copy).then((fault) => { if (fault) this.tell(fault, true); }, () => undefined);
    }
  }
}
