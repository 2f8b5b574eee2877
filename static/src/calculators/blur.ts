/** GaussianBlurCalculator: three box blurs, as the W3C prescribes for feGaussianBlur. */

import type { CalculatorType } from "../graph/calculator";
import type { Image } from "../image";
import type { Kernels } from "../kernels";
import { OptionReader } from "./options";

/** Above this, the kernel's sums would not fit 31 bits. */
export const MAX_SIGMA = 108;

export const gaussianBlur: CalculatorType<{ kernels: Kernels }> = {
  name: "GaussianBlurCalculator",
  create(options, { kernels }) {
    const reader = new OptionReader(this.name, options);
    const sigma = reader.number("sigma");
    reader.done();
    if (sigma < 0 || sigma > MAX_SIGMA) {
      throw new Error(`${this.name}: the option 'sigma' must be 0 to ${MAX_SIGMA}, not ${sigma}`);
    }
    const d = boxSize(sigma);
    return {
      process(context) {
        const image = context.require<Image>("IMAGE");
        if (d > 1) context.emit("IMAGE", kernels.gaussianBlur(image, d));
        else {
          image.retain();
          context.emit("IMAGE", image);
        }
      },
    };
  },
};

/** Pixels of each box (W3C Filter Effects Module Level 1, feGaussianBlur). */
export function boxSize(sigma: number): number {
  return Math.floor((sigma * 3 * Math.sqrt(2 * Math.PI)) / 4 + 0.5);
}
