/** DetectionProjectionCalculator: takes detections from the tensor's coordinates to the image's. */

import type { CalculatorType } from "../graph/calculator";
import type { Box, Detection } from "../protocol";
import { OptionReader } from "./options";

interface Point {
  x: number;
  y: number;
}

export const detectionProjection: CalculatorType<unknown> = {
  name: "DetectionProjectionCalculator",
  create(options) {
    new OptionReader(this.name, options).done();
    return {
      process(context) {
        const detections = context.input<Detection[]>("DETECTIONS");
        const matrix = context.input<readonly number[]>("PROJECTION_MATRIX");
        if (!detections || !matrix) return;
        const projected = detections.map((one) => ({
          ...one,
          box: projectBox(one.box, matrix),
          keypoints: one.keypoints.map((point) => project(point, matrix)),
        }));
        context.emit("DETECTIONS", projected);
      },
    };
  },
};

function project({ x, y }: Point, matrix: readonly number[]): Point {
  return {
    x: x * matrix[0]! + y * matrix[1]! + matrix[3]!,
    y: x * matrix[4]! + y * matrix[5]! + matrix[7]!,
  };
}

/** The upright box around the projected corners. */
function projectBox({ xmin, ymin, width, height }: Box, matrix: readonly number[]): Box {
  const corners = [xmin, xmin + width].flatMap((x) => [ymin, ymin + height].map((y) => project({ x, y }, matrix)));
  const [xs, ys] = [corners.map((one) => one.x), corners.map((one) => one.y)];
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  return { xmin: left, ymin: top, width: Math.max(...xs) - left, height: Math.max(...ys) - top };
}
