/** NonMaxSuppressionCalculator: of detections that overlap, keeps the surest, or their weighted mean. */

import type { CalculatorType } from "../graph/calculator";
import type { Box, Detection } from "../protocol";
import { OptionReader } from "./options";

export const nonMaxSuppression: CalculatorType<unknown> = {
  name: "NonMaxSuppressionCalculator",
  create(given) {
    const options = readOptions(new OptionReader(this.name, given));
    return {
      process(context) {
        const detections = context.input<Detection[]>("") ?? [];
        if (detections.length || options.returnEmpty) context.emit("", suppress(detections, options));
      },
    };
  },
};

type SuppressionOptions = ReturnType<typeof readOptions>;

function readOptions(reader: OptionReader) {
  const options = {
    maxDetections: reader.integer("max_num_detections", -1),
    lowest: lowestScore(reader.number("min_score_threshold", -1)),
    threshold: reader.number("min_suppression_threshold", 1),
    overlap:
      OVERLAPS[
        reader.oneOf("overlap_type", ["JACCARD", "MODIFIED_JACCARD", "INTERSECTION_OVER_UNION"], "JACCARD")
      ],
    weighted: reader.oneOf("algorithm", ["DEFAULT", "WEIGHTED"], "DEFAULT") === "WEIGHTED",
    returnEmpty: reader.boolean("return_empty_detections", false),
  };
  reader.done();
  if (options.maxDetections === 0) {
    throw new Error("NonMaxSuppressionCalculator: 'max_num_detections' must not be 0; -1 keeps all");
  }
  return options;
}

function lowestScore(threshold: number): number {
  return threshold > 0 ? threshold : -Infinity;
}

/** What the shared area is divided by, of a box that may go and of the one that stays. */
type Overlap = (rest: Box, kept: Box, shared: number) => number;

const OVERLAPS = {
  JACCARD: (rest, kept) =>
    (Math.max(right(rest), right(kept)) - Math.min(rest.xmin, kept.xmin)) *
    (Math.max(bottom(rest), bottom(kept)) - Math.min(rest.ymin, kept.ymin)),
  MODIFIED_JACCARD: (_, kept) => area(kept),
  INTERSECTION_OVER_UNION: (rest, kept, shared) => area(rest) + area(kept) - shared,
} as const satisfies Record<string, Overlap>;

const right = (box: Box): number => box.xmin + box.width;
const bottom = (box: Box): number => box.ymin + box.height;
const area = (box: Box): number => box.width * box.height;

function similarity(rest: Box, kept: Box, overlap: Overlap): number {
  const width = Math.min(right(rest), right(kept)) - Math.max(rest.xmin, kept.xmin);
  const height = Math.min(bottom(rest), bottom(kept)) - Math.max(rest.ymin, kept.ymin);
  if (width <= 0 || height <= 0) return 0;
  const whole = overlap(rest, kept, width * height);
  return whole > 0 ? (width * height) / whole : 0;
}

function suppress(detections: readonly Detection[], options: SuppressionOptions): Detection[] {
  const sorted = detections.toSorted((one, two) => two.score - one.score);
  if (options.weighted) return weighted(sorted, options);
  return plain(
    sorted.filter((one) => one.score >= options.lowest),
    options,
  );
}

function plain(sorted: readonly Detection[], { overlap, threshold, maxDetections }: SuppressionOptions): Detection[] {
  const kept: Detection[] = [];
  for (const one of sorted) {
    if (kept.length === maxDetections) break;
    if (!kept.some((other) => similarity(other.box, one.box, overlap) > threshold)) kept.push(one);
  }
  return kept;
}

/** MediaPipe's weighted kind takes no notice of max_num_detections. */
function weighted(sorted: readonly Detection[], { overlap, threshold, lowest }: SuppressionOptions): Detection[] {
  const kept: Detection[] = [];
  for (let rest = sorted; rest.length; ) {
    const surest = rest[0]!;
    if (surest.score < lowest) break;
    const overlaps = (one: Detection): boolean => similarity(one.box, surest.box, overlap) > threshold;
    const group = rest.filter(overlaps);
    kept.push(group.length ? { ...surest, ...mean(group) } : surest);
    if (!group.length) break;
    rest = rest.filter((one) => !overlaps(one));
  }
  return kept;
}

/** The mean place of a group, by score. */
function mean(group: readonly Detection[]): Pick<Detection, "box" | "keypoints"> {
  const total = group.reduce((sum, one) => sum + one.score, 0);
  const of = (value: (one: Detection) => number): number =>
    group.reduce((sum, one) => sum + value(one) * one.score, 0) / total;
  const [xmin, ymin] = [of((one) => one.box.xmin), of((one) => one.box.ymin)];
  const box = { xmin, ymin, width: of((one) => right(one.box)) - xmin, height: of((one) => bottom(one.box)) - ymin };
  const keypoints = group[0]!.keypoints.map((_, k) => ({
    x: of((one) => one.keypoints[k]!.x),
    y: of((one) => one.keypoints[k]!.y),
  }));
  return { box, keypoints };
}
