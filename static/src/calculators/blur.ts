/** GaussianBlurCalculator: three box blurs, as the W3C prescribes for feGaussianBlur. */

import type { CalculatorType } from "../graph/calculator";
import type { Image } from "../image";
import type { Kernels } from "../kernels";
import { OptionReader } from "./options";

/** The stream whose packets take the place of the option. */
const SIGMA = "SIGMA";

/** Above this, the kernel's sums would not fit 31 bits. */
export const MAX_SIGMA = 108;

export const gaussianBlur: CalculatorType<{ kernels: Kernels }> = {
  name: "GaussianBlurCalculator",
  create(options, { kernels }) {
    const reader = new OptionReader(this.name, options);
    const option = reader.maybeNumber("sigma");
    reader.done();
    const size = option === undefined ? undefined : checkedBoxSize(option);
    return {
      open(context) {
        if (!context.tags.includes(SIGMA)) reader.number("sigma");
      },
      process(context) {
        const image = context.require<Image>("IMAGE");
        const sigma = context.input<number>(SIGMA);
        const d = sigma === undefined ? size : checkedBoxSize(sigma);
        // As where an input has no packet.
        if (d === undefined) return;
        if (d > 1) context.emit("IMAGE", kernels.gaussianBlur(image, d));
        else {
          image.retain();
          context.emit("IMAGE", image);
        }
      },
    };
  },
};

function checkedBoxSize(sigma: number): number {
  if (sigma >= 0 && sigma <= MAX_SIGMA) return boxSize(sigma);
  throw new Error(`${gaussianBlur.name}: the option 'sigma' must be 0 to ${MAX_SIGMA}, not ${sigma}`);
}

/** Pixels of each box (W3C Filter Effects Module Level 1, feGaussianBlur). */
export function boxSize(sigma: number): number {
  return Math.floor((sigma * 3 * Math.sqrt(2 * Math.PI)) / 4 + 0.5);
}
