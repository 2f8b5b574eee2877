/** Anti-aliased drawing: everything is a stroke of a round pen. The same formula as in calculators/stroke.py. */

import type { Image } from "../image";
import type { Color, Kernels } from "../kernels";

/** A line through points, in pixels (the first pixel's centre is at 0.5, 0.5); a single point is a dot. */
export interface Stroke {
  points: readonly (readonly [x: number, y: number])[];
  /** Diameter of the pen, in pixels. */
  thickness: number;
  color: Color;
}

/** Draws strokes over an image, in place. */
export function drawStrokes(kernels: Kernels, image: Image, strokes: readonly Stroke[]): void {
  for (const { points, thickness, color } of strokes) {
    for (let i = 0; i < Math.max(1, points.length - 1); i++) {
      const segment = [...points[i]!, ...(points[i + 1] ?? points[i]!)] as const;
      if (segment.every(Number.isFinite)) kernels.drawSegment(image, segment, thickness / 2 + 0.5, color);
    }
  }
}
