/** BlendCalculator: one image over another, by a mask. */

import type { CalculatorType } from "../graph/calculator";
import type { Image, Mask } from "../image";
import type { Kernels } from "../kernels";
import { OptionReader } from "./options";

export const blend: CalculatorType<{ kernels: Kernels }> = {
  name: "BlendCalculator",
  create(options, { kernels }) {
    new OptionReader(this.name, options).done();
    return {
      process(context) {
        const foreground = context.input<Image>("FOREGROUND");
        const background = context.input<Image>("BACKGROUND");
        const mask = context.input<Mask>("MASK");
        if (!foreground || !background || !mask) return;
        checkSize("background", background, foreground);
        checkSize("mask", mask, foreground);
        context.emit("IMAGE", kernels.blend(foreground, background, mask));
      },
    };
  },
};

function checkSize(name: string, one: Image | Mask, foreground: Image): void {
  if (one.width === foreground.width && one.height === foreground.height) return;
  throw new Error(
    `blend takes images and a mask of one size, but the foreground is ${foreground.width}x${foreground.height} ` +
      `and the ${name} ${one.width}x${one.height}`,
  );
}
