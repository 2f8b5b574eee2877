/** ImagePropertiesCalculator: an image's size. */

import type { CalculatorType } from "../graph/calculator";
import type { Image } from "../image";
import { OptionReader } from "./options";

export interface Size {
  width: number;
  height: number;
}

export const imageProperties: CalculatorType<unknown> = {
  name: "ImagePropertiesCalculator",
  create(options) {
    new OptionReader(this.name, options).done();
    return {
      process(context) {
        const { width, height } = context.require<Image>("IMAGE");
        context.emit("SIZE", { width, height } satisfies Size);
      },
    };
  },
};
