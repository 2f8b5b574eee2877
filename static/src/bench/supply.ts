/** Frames that are always at hand: made ahead, as a camera or a decoder does. */

import type { Frames } from "./frames";

export class Supply {
  #next = 0;
  #ready: Promise<ImageBitmap>[] = [];

  /** Of `depth` frames ahead, made for the page `taker`. */
  constructor(
    private readonly frames: Pick<Frames, "frame">,
    private readonly taker: Pick<Window, "createImageBitmap">,
    depth: number,
  ) {
    for (let at = 0; at < depth; at++) this.#make();
  }

  /** The next frame, which is given away. */
  take(): Promise<ImageBitmap> {
    this.#make();
    return this.#ready.shift()!;
  }

  /** Closes what nobody took. */
  async close(): Promise<void> {
    for (const image of this.#ready.splice(0)) (await image).close();
  }

  #make(): void {
    this.#ready.push(this.frames.frame(this.#next++, this.taker));
  }
}
