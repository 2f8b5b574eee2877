/** TensorsToDetectionsCalculator: decodes an SSD detector's boxes and scores. */

import type { CalculatorType } from "../graph/calculator";
import type { Detection, Tensor } from "../protocol";
import { OptionReader } from "./options";
import type { Anchors } from "./ssd_anchors";

export const tensorsToDetections: CalculatorType<unknown> = {
  name: "TensorsToDetectionsCalculator",
  create(given) {
    const options = readOptions(new OptionReader(this.name, given));
    return {
      process(context) {
        const tensors = context.input<ArrayLike<Tensor>>("TENSORS");
        if (tensors) context.emit("DETECTIONS", decode(tensors, context.side<Anchors>("ANCHORS"), options));
      },
    };
  },
};

type DecodeOptions = ReturnType<typeof readOptions>;

function readOptions(reader: OptionReader) {
  const ignored = reader.numbers("ignore_classes");
  const allowed = reader.numbers("allow_classes");
  const options = {
    classes: reader.count("num_classes"),
    boxes: reader.count("num_boxes"),
    coords: reader.count("num_coords"),
    boxOffset: reader.integer("box_coord_offset", 0),
    keypoints: reader.integer("num_keypoints", 0),
    keypointOffset: reader.integer("keypoint_coord_offset", 0),
    xScale: reader.number("x_scale"),
    yScale: reader.number("y_scale"),
    wScale: reader.number("w_scale"),
    hScale: reader.number("h_scale"),
    exponential: reader.boolean("apply_exponential_on_box_size", false),
    sigmoid: reader.boolean("sigmoid_score", false),
    clipping: reader.maybeNumber("score_clipping_thresh") ?? Infinity,
    minScore: reader.maybeNumber("min_score_thresh") ?? -Infinity,
    maxResults: reader.integer("max_results", -1),
    flip: reader.boolean("flip_vertically", false),
    // Whether x comes before y.
    xFirst: readXFirst(reader),
    tensors: reader.fields("tensor_mapping", { detections_tensor_index: 0, scores_tensor_index: 1 }),
    counts: (index: number) => (allowed.length ? allowed.includes(index) : !ignored.includes(index)),
  };
  reader.done();
  return check(options);
}

function readXFirst(reader: OptionReader): boolean {
  const reversed = reader.boolean("reverse_output_order", false);
  const format = reader.oneOf("box_format", ["UNSPECIFIED", "YXHW", "XYWH"], "UNSPECIFIED");
  return format === "UNSPECIFIED" ? reversed : format === "XYWH";
}

function check<
  T extends Record<"coords" | "boxOffset" | "keypoints" | "keypointOffset" | "maxResults", number> &
    Record<"xScale" | "yScale" | "wScale" | "hScale", number>,
>(options: T): T {
  const { coords, boxOffset, keypoints, keypointOffset } = options;
  const refuse = (what: string): never => {
    throw new Error(`TensorsToDetectionsCalculator: ${what}`);
  };
  if (boxOffset < 0 || boxOffset + 4 > coords) refuse(`'num_coords' is ${coords}, too few for the box`);
  if (keypoints < 0 || keypointOffset < 0 || (keypoints && keypointOffset + 2 * keypoints > coords)) {
    refuse(`'num_coords' is ${coords}, too few for ${keypoints} keypoints from ${keypointOffset} on`);
  }
  if (options.maxResults === 0) refuse("'max_results' must not be 0; -1 gives all");
  for (const name of ["xScale", "yScale", "wScale", "hScale"] as const) {
    if (options[name] === 0) refuse(`'${name.replace("S", "_s")}' must not be 0`);
  }
  return options;
}

function decode(tensors: ArrayLike<Tensor>, anchors: Anchors, options: DecodeOptions): Detection[] {
  const { boxes, coords, classes, tensors: index } = options;
  const raw = floats(tensors, index.detections_tensor_index, [boxes, coords]);
  const scores = floats(tensors, index.scores_tensor_index, [boxes, classes]);
  if (anchors.length !== boxes * 4) {
    throw new Error(`TensorsToDetectionsCalculator: 'num_boxes' is ${boxes}, but there are ${anchors.length / 4} anchors`);
  }
  const found: Detection[] = [];
  for (let i = 0; i < boxes && found.length !== options.maxResults; i++) {
    const label = best(scores, i * classes, options);
    if (label < 0) continue;
    const score = scoreOf(scores[i * classes + label]!, options);
    if (score < options.minScore) continue;
    const box = boxOf(raw, i, anchors, options);
    if (!(box.width >= 0 && box.height >= 0)) continue;
    found.push({ label: String(label), score, box, keypoints: keypointsOf(raw, i, anchors, options) });
  }
  return found;
}

function floats(tensors: ArrayLike<Tensor>, index: number, size: [number, number]): Float32Array {
  const tensor = tensors[index];
  const shape = tensor?.shape.slice(-2) ?? [];
  const [boxes, values] = size;
  if (!(tensor?.data instanceof Float32Array) || tensor.data.length !== boxes * values || shape[0] !== boxes) {
    throw new Error(
      `TensorsToDetectionsCalculator: tensor ${index} must be floats [1, ${boxes}, ${values}], ` +
        `not [${tensor?.shape.join(", ") ?? ""}]`,
    );
  }
  return tensor.data;
}

/** The class of the highest score; -1 if none counts. A number, since a tuple for each box would be garbage. */
function best(scores: Float32Array, start: number, options: DecodeOptions): number {
  let label = -1;
  let highest = -Infinity;
  for (let index = 0; index < options.classes; index++) {
    if (!options.counts(index)) continue;
    const score = scoreOf(scores[start + index]!, options);
    if (!(score > highest)) continue;
    label = index;
    highest = score;
  }
  return label;
}

function scoreOf(raw: number, { sigmoid, clipping }: DecodeOptions): number {
  return sigmoid ? 1 / (1 + Math.exp(-Math.min(Math.max(raw, -clipping), clipping))) : raw;
}

function boxOf(raw: Float32Array, i: number, anchors: Anchors, options: DecodeOptions): Detection["box"] {
  const at = i * options.coords + options.boxOffset;
  const [xAt, yAt] = options.xFirst ? [at, at + 1] : [at + 1, at];
  const size = options.exponential ? Math.exp : (value: number) => value;
  const width = size(raw[xAt + 2]! / options.wScale) * anchors[4 * i + 2]!;
  const height = size(raw[yAt + 2]! / options.hScale) * anchors[4 * i + 3]!;
  const x = (raw[xAt]! / options.xScale) * anchors[4 * i + 2]! + anchors[4 * i]!;
  const y = (raw[yAt]! / options.yScale) * anchors[4 * i + 3]! + anchors[4 * i + 1]!;
  const ymin = options.flip ? 1 - (y + height / 2) : y - height / 2;
  return { xmin: x - width / 2, ymin, width, height };
}

function keypointsOf(raw: Float32Array, i: number, anchors: Anchors, options: DecodeOptions): Detection["keypoints"] {
  const start = i * options.coords + options.keypointOffset;
  return Array.from({ length: options.keypoints }, (_, k) => {
    const at = start + 2 * k;
    const [xAt, yAt] = options.xFirst ? [at, at + 1] : [at + 1, at];
    const x = (raw[xAt]! / options.xScale) * anchors[4 * i + 2]! + anchors[4 * i]!;
    const y = (raw[yAt]! / options.yScale) * anchors[4 * i + 3]! + anchors[4 * i + 1]!;
    return { x, y: options.flip ? 1 - y : y };
  });
}
