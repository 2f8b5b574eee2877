/** ImageToTensorCalculator: an image, cropped by nothing, as the float tensor that a model takes. */

import type { CalculatorType } from "../graph/calculator";
import type { Image } from "../image";
import { Tensors } from "../image";
import type { Kernels, Sampling } from "../kernels";
import { OptionReader } from "./options";

/** A region of an image, in pixels, that the whole tensor shows. */
interface Region {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The share of the tensor that is padding, at each side. */
export interface Padding {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

interface TensorOptions {
  width: number;
  height: number;
  keepAspectRatio: boolean;
  range: { min: number; max: number };
  replicate: boolean;
}

export const imageToTensor: CalculatorType<{ kernels: Kernels }> = {
  name: "ImageToTensorCalculator",
  create(given, { kernels }) {
    const options = readOptions(new OptionReader(this.name, given));
    return {
      process(context) {
        const image = context.require<Image>("IMAGE");
        const [region, padding] = regionOf(image, options);
        if (context.wanted("TENSORS")) {
          context.emit("TENSORS", Tensors.of(kernels.imageToTensor(image, samplingOf(region, options))));
        }
        if (context.wanted("MATRIX")) context.emit("MATRIX", matrixOf(region, image));
        if (context.wanted("LETTERBOX_PADDING")) context.emit("LETTERBOX_PADDING", padding);
      },
    };
  },
};

function readOptions(reader: OptionReader): TensorOptions {
  const options = {
    width: reader.count("output_tensor_width"),
    height: reader.count("output_tensor_height"),
    keepAspectRatio: reader.boolean("keep_aspect_ratio", false),
    range: reader.fields("output_tensor_float_range", { min: 0, max: 1 }),
    replicate:
      reader.oneOf("border_mode", ["BORDER_ZERO", "BORDER_REPLICATE"], "BORDER_REPLICATE") === "BORDER_REPLICATE",
  };
  reader.done();
  return options;
}

function regionOf(image: Image, options: TensorOptions): [Region, Padding] {
  const { width, height } = image;
  const whole = { x: 0, y: 0, width, height };
  const none = { left: 0, top: 0, right: 0, bottom: 0 };
  const wanted = options.height / options.width;
  const has = height / width;
  if (!options.keepAspectRatio || wanted === has) return [whole, none];
  if (wanted > has) {
    const padding = (1 - has / wanted) / 2;
    const tall = width * wanted;
    return [{ ...whole, y: (height - tall) / 2, height: tall }, { ...none, top: padding, bottom: padding }];
  }
  const padding = (1 - wanted / has) / 2;
  const wide = height / wanted;
  return [{ ...whole, x: (width - wide) / 2, width: wide }, { ...none, left: padding, right: padding }];
}

function samplingOf(region: Region, { width, height, range, replicate }: TensorOptions): Sampling {
  return {
    width,
    height,
    x: region.x,
    xStep: region.width / width,
    y: region.y,
    yStep: region.height / height,
    replicate,
    scale: (range.max - range.min) / 255,
    offset: range.min,
  };
}

/** 4x4, by rows: takes relative coordinates of the tensor to relative coordinates of the image. */
function matrixOf(region: Region, image: Image): number[] {
  const [xScale, yScale] = [region.width / image.width, region.height / image.height];
  const [x, y] = [region.x / image.width, region.y / image.height];
  return [xScale, 0, 0, x, 0, yScale, 0, y, 0, 0, xScale, 0, 0, 0, 0, 1];
}
