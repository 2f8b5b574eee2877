/** SsdAnchorsCalculator: the boxes that an SSD detector's outputs are relative to. */

import type { CalculatorType } from "../graph/calculator";
import { OptionReader } from "./options";

/** Four numbers a box: centre x, centre y, width, height, relative to the model's input. */
export type Anchors = Float32Array;

export const ssdAnchors: CalculatorType<unknown> = {
  name: "SsdAnchorsCalculator",
  create(given) {
    const options = readOptions(new OptionReader(this.name, given));
    return {
      open(context) {
        context.emitSide("", anchorsOf(options));
      },
      process() {
        // Has no streams: all is done when it is opened.
      },
    };
  },
};

type AnchorOptions = ReturnType<typeof readOptions>;

function readOptions(reader: OptionReader) {
  const options = {
    layers: reader.count("num_layers"),
    width: reader.count("input_size_width"),
    height: reader.count("input_size_height"),
    minScale: reader.number("min_scale"),
    maxScale: reader.number("max_scale"),
    strides: reader.numbers("strides"),
    aspectRatios: reader.numbers("aspect_ratios"),
    offsetX: reader.number("anchor_offset_x", 0.5),
    offsetY: reader.number("anchor_offset_y", 0.5),
    reduceLowest: reader.boolean("reduce_boxes_in_lowest_layer", false),
    interpolatedRatio: reader.number("interpolated_scale_aspect_ratio", 1),
    fixedSize: reader.boolean("fixed_anchor_size", false),
  };
  reader.done();
  if (options.strides.length !== options.layers || options.strides.some((stride) => stride <= 0)) {
    throw new Error(`SsdAnchorsCalculator: 'strides' must be ${options.layers} positive numbers, as 'num_layers' says`);
  }
  return options;
}

function anchorsOf(options: AnchorOptions): Anchors {
  const anchors: number[] = [];
  for (let layer = 0; layer < options.layers; ) {
    const stride = options.strides[layer]!;
    const sizes: [number, number][] = [];
    // Layers of one stride share their cells: a cell's boxes of all of them come together.
    for (; options.strides[layer] === stride; layer++) sizes.push(...sizesOf(options, layer));
    addCells(anchors, options, stride, sizes);
  }
  return Float32Array.from(anchors);
}

function addCells(anchors: number[], options: AnchorOptions, stride: number, sizes: [number, number][]): void {
  const columns = Math.ceil(options.width / stride);
  const rows = Math.ceil(options.height / stride);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      for (const size of sizes) {
        const [width, height] = options.fixedSize ? [1, 1] : size;
        anchors.push((x + options.offsetX) / columns, (y + options.offsetY) / rows, width, height);
      }
    }
  }
}

/** Widths and heights of one cell's boxes of a layer. */
function sizesOf(options: AnchorOptions, layer: number): [number, number][] {
  const scale = scaleOf(options, layer);
  if (layer === 0 && options.reduceLowest) return [sized(0.1, 1), sized(scale, 2), sized(scale, 0.5)];
  const sizes = options.aspectRatios.map((ratio) => sized(scale, ratio));
  if (options.interpolatedRatio > 0) {
    const next = layer === options.layers - 1 ? 1 : scaleOf(options, layer + 1);
    sizes.push(sized(Math.sqrt(scale * next), options.interpolatedRatio));
  }
  return sizes;
}

function sized(scale: number, ratio: number): [number, number] {
  return [scale * Math.sqrt(ratio), scale / Math.sqrt(ratio)];
}

function scaleOf({ layers, minScale, maxScale }: AnchorOptions, layer: number): number {
  if (layers === 1) return (minScale + maxScale) / 2;
  return minScale + ((maxScale - minScale) * layer) / (layers - 1);
}
