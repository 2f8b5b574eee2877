/**
 * A small engine for the first results, where the usual one comes slowly over the visitor's line: the line is the small
 * one's first, then the usual one's, which takes its place as soon as it runs.
 */

import type { BackendName } from "../protocol";
import { Candidate } from "./candidate";
import { messageOf } from "./engine";
import type { Inference } from "./inference";
import type { Line } from "./line";

/** Why it runs, as `stats` tells it. */
const WHY = "small, for the first results: the usual engine comes slowly over this line";

export class SmallEngine {
  /** Whether it runs; null before it was asked for. */
  private begun: Promise<boolean> | null = null;

  constructor(
    private readonly inference: Inference,
    private readonly backend: BackendName,
    private readonly report: (stage: "engine", detail: string, loaded: number, total: number) => void,
  ) {}

  /**
   * Resolves when the usual engine runs, or, on a slow line, this one until then; rejects as the usual one does.
   *
   * @param usual resolves when the usual engine runs.
   */
  async begin(usual: Promise<void>, line: Line): Promise<void> {
    const orSmall = usual.catch(async (error: unknown) => {
      if ((await this.begun) !== true) throw error;
    });
    const small = line.slow.promise.then(async () => {
      this.begun = this.start();
      const runs = await this.begun;
      (runs ? line.first : Promise.resolve()).then(line.free.resolve, line.free.resolve);
      if (!runs) await orSmall;
    });
    await Promise.race([orSmall, small]);
  }

  /** Gives whether it runs; what keeps it from that matters little: the usual one is on its way. */
  private async start(): Promise<boolean> {
    const { inference } = this;
    if (!inference.isBegun) this.report("engine", this.backend, 0, 0);
    try {
      const running = await inference.starter.startChecked(new Candidate(this.backend, 0), new AbortController().signal);
      if (inference.isBegun) running.close();
      else inference.swap(running, WHY);
      return true;
    } catch (error) {
      console.debug(`${this.backend} was to give the first results: ${messageOf(error)}`);
      return false;
    }
  }
}
