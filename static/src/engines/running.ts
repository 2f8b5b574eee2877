/** All of a site's models, compiled on one backend. */

import type { Candidate } from "./candidate";
import { threadsText } from "./candidate";
import type { CompiledModel, Engine, TensorValue } from "./engine";

export class Running {
  private busy = 0;
  private closing = false;

  /** @param isOwn whether the engine is these models' alone, so that it is closed with them. */
  constructor(
    readonly candidate: Candidate,
    private readonly engine: Engine,
    private readonly models: ReadonlyMap<string, CompiledModel>,
    readonly isOwn: boolean,
  ) {}

  get lost(): Promise<string> {
    return this.engine.lost;
  }

  /** How it runs, in one line, as in "2 threads"; "" where there is nothing to say. */
  get how(): string {
    const { threads } = this.candidate;
    return [threads === 0 ? "" : threadsText(threads), this.engine.reason].filter((part) => part !== "").join(": ");
  }

  async run(model: string, inputs: readonly TensorValue[]): Promise<TensorValue[]> {
    this.busy += 1;
    try {
      return await this.models.get(model)!.run(inputs);
    } finally {
      this.busy -= 1;
      if (this.closing) this.close();
    }
  }

  /** Gives everything back, once the runs under way are done. */
  close(): void {
    this.closing = true;
    if (this.busy > 0) return;
    for (const model of this.models.values()) model.close();
    if (this.isOwn) this.engine.close();
  }
}
