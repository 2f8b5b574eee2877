/** Anti-aliased drawing: everything is a stroke of a round pen. The same formula as in calculators/stroke.py. */

import type { Image } from "../image";
import type { Color, Kernels, Point } from "../kernels";

/** A line through points; a single point is a dot. */
export interface Stroke {
  points: readonly Point[];
  /** Diameter of the pen, in pixels. */
  thickness: number;
  color: Color;
}

/** Draws strokes over an image, in place. */
export function drawStrokes(kernels: Kernels, image: Image, strokes: readonly Stroke[]): void {
  for (const { points, thickness, color } of strokes) {
    for (let i = 0; i < Math.max(1, points.length - 1); i++) {
      const from = points[i]!;
      const to = points[i + 1] ?? from;
      if (isPlace(from) && isPlace(to)) kernels.drawSegment(image, from, to, thickness / 2 + 0.5, color);
    }
  }
}

function isPlace([x, y]: Point): boolean {
  return Number.isFinite(x) && Number.isFinite(y);
}
