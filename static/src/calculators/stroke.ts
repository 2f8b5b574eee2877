/** Anti-aliased drawing: everything is a stroke of a round pen. The same formula as in calculators/stroke.py. */

import type { Image } from "../image";
import type { Color } from "./detections_to_render_data";

/** A line through points, in pixels (the first pixel's centre is at 0.5, 0.5); a single point is a dot. */
export interface Stroke {
  points: readonly (readonly [x: number, y: number])[];
  /** Diameter of the pen, in pixels. */
  thickness: number;
  color: Color;
}

/** Draws strokes over an image, in place. */
export function drawStrokes(image: Image, strokes: readonly Stroke[]): void {
  const { data, width, height } = image;
  for (const { points, thickness, color } of strokes) {
    const channels = [color.r, color.g, color.b, 255];
    for (let i = 0; i < Math.max(1, points.length - 1); i++) {
      const segment = [...points[i]!, ...(points[i + 1] ?? points[i]!)] as Segment;
      if (segment.every(Number.isFinite)) drawSegment(data, [width, height], segment, thickness / 2 + 0.5, channels);
    }
  }
}

type Segment = [x0: number, y0: number, x1: number, y1: number];

/** A pixel is covered by radius + 0.5 - its centre's distance to the segment, between 0 and 1. */
function drawSegment(
  data: Uint8ClampedArray,
  [width, height]: [number, number],
  [x0, y0, x1, y1]: Segment,
  reach: number,
  channels: readonly number[],
): void {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const [left, right] = extent(x0, x1, reach, width);
  const [top, bottom] = extent(y0, y1, reach, height);
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5 - x0, y + 0.5 - y0];
      const along = squared > 0 ? Math.min(Math.max((px * dx + py * dy) / squared, 0), 1) : 0;
      const [ex, ey] = [px - along * dx, py - along * dy];
      const coverage = Math.min(reach - Math.sqrt(ex * ex + ey * ey), 1);
      if (coverage > 0) cover(data, (y * width + x) * 4, coverage, channels);
    }
  }
}

/** The pixels that a pen can touch on one axis: from the first to the one after the last. */
function extent(from: number, to: number, reach: number, size: number): [number, number] {
  const first = Math.max(0, Math.floor(Math.min(from, to) - reach));
  return [first, Math.min(size, Math.ceil(Math.max(from, to) + reach))];
}

function cover(data: Uint8ClampedArray, at: number, coverage: number, channels: readonly number[]): void {
  for (let c = 0; c < 4; c++) {
    const below = data[at + c]!;
    data[at + c] = Math.floor(below + (channels[c]! - below) * coverage + 0.5);
  }
}
