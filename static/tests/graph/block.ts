import type { Shared } from "../../src/graph/calculator";

/** A shared payload that counts its references; one that is given back too often, or kept after, throws. */
export class Block implements Shared {
  references = 1;

  retain(): void {
    if (this.references < 1) throw new Error("retained after it was given back");
    this.references++;
  }

  release(): void {
    if (this.references < 1) throw new Error("given back twice");
    this.references--;
  }
}
