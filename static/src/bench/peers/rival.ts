/** A rival as a subject: one frame after the other, as such pages do; no calculators to be timed, nothing that settles. */

import type { Subject } from "../subject";

/** `process` need not close the frame. */
export function rival(text: string, process: (image: ImageBitmap) => Promise<void>): Subject {
  return {
    inFlight: null,
    async process(image) {
      await process(image);
      image.close();
      return {};
    },
    settled: () => true,
    describe: () => ({ text, candidates: [], events: [] }),
  };
}
