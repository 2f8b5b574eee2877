/** A rival as a subject: it has no calculators that it could time, and nothing that settles. */

import type { Subject } from "../subject";

/** `process` need not close the frame. */
export function rival(text: string, process: (image: ImageBitmap) => Promise<void>): Subject {
  return {
    async process(image) {
      await process(image);
      image.close();
      return {};
    },
    settled: () => true,
    describe: () => ({ text, candidates: [], events: [] }),
  };
}
