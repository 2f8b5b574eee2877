/** BlazeFace's outputs, decoded, suppressed and drawn: what MediaPipe's face_detection_short_range graph does. */

import type { Work } from "../job";
import type { Placement } from "./canvas_input";
import type { Task } from "./task";

/** Numbers a box, keypoints a face, and the least score and overlap, as in that graph. */
const COORDS = 16;
const KEYPOINTS = 6;
const LEAST_SCORE = 0.5;
const LEAST_OVERLAP = 0.3;
/** Cells a side, and anchors a cell. */
const GRIDS = [[16, 2], [8, 6]] as const;

type Point = readonly [number, number];

interface Face {
  score: number;
  /** Left, top, width, height; 0..1 of the model's input. */
  box: number[];
  points: Point[];
}

export function facesTask(context: CanvasRenderingContext2D, work: Work): Task {
  const anchors = makeAnchors();
  return (frame, placement, outputs) => {
    const [boxes, scores] = [...outputs].sort((one, other) => other.length - one.length);
    const faces = suppress(decode(boxes!, scores!, anchors, work.width));
    const toFrame = ([x, y]: Point): Point => projected(x * work.width, y * work.height, placement);
    drawFaces(context, frame, faces.map(({ box, points, score }) => {
      const [from, to] = [toFrame([box[0]!, box[1]!]), toFrame([box[0]! + box[2]!, box[1]! + box[3]!])];
      return { score, box: [...from, to[0] - from[0], to[1] - from[1]], points: points.map(toFrame) };
    }));
  };
}

function projected(x: number, y: number, { left, top, scaleX, scaleY }: Placement): Point {
  return [(x - left) / scaleX, (y - top) / scaleY];
}

function makeAnchors(): Point[] {
  const anchors: Point[] = [];
  for (const [cells, each] of GRIDS) {
    for (let index = 0; index < cells * cells * each; index++) {
      const cell = Math.floor(index / each);
      anchors.push([((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells]);
    }
  }
  return anchors;
}

function decode(raw: Float32Array, scores: Float32Array, anchors: readonly Point[], size: number): Face[] {
  const found: Face[] = [];
  for (const [index, [anchorX, anchorY]] of anchors.entries()) {
    const score = 1 / (1 + Math.exp(-scores[index]!));
    if (score < LEAST_SCORE) continue;
    const at = (offset: number): number => raw[index * COORDS + offset]! / size;
    const [x, y] = [at(0) + anchorX, at(1) + anchorY];
    const points = Array.from({ length: KEYPOINTS }, (_, k): Point => [at(4 + 2 * k) + anchorX, at(5 + 2 * k) + anchorY]);
    found.push({ score, box: [x - at(2) / 2, y - at(3) / 2, at(2), at(3)], points });
  }
  return found.sort((one, other) => other.score - one.score);
}

/** Faces that overlap become one, weighted by their scores. */
function suppress(found: Face[]): Face[] {
  const kept: Face[] = [];
  for (let left = found; left.length > 0;) {
    const [best] = left as [Face];
    const same = left.filter((one) => overlap(best.box, one.box) > LEAST_OVERLAP);
    kept.push(merged(best, same));
    left = left.filter((one) => one !== best && !same.includes(one));
  }
  return kept;
}

function merged(best: Face, same: readonly Face[]): Face {
  const total = same.reduce((sum, one) => sum + one.score, 0);
  const mean = (pick: (one: Face) => number): number => same.reduce((sum, one) => sum + pick(one) * one.score, 0) / total;
  const points = best.points.map((_, k): Point => [mean((one) => one.points[k]![0]), mean((one) => one.points[k]![1])]);
  return { score: best.score, box: best.box.map((_, k) => mean((one) => one.box[k]!)), points };
}

function overlap(one: readonly number[], other: readonly number[]): number {
  const [ax, ay, aw, ah] = one as [number, number, number, number];
  const [bx, by, bw, bh] = other as [number, number, number, number];
  const width = Math.max(0, Math.min(ax + aw, bx + bw) - Math.max(ax, bx));
  const height = Math.max(0, Math.min(ay + ah, by + bh) - Math.max(ay, by));
  return (width * height) / (aw * ah + bw * bh - width * height);
}

/** All in pixels of the frame; the largest is drawn a second time, as the example does. */
export function drawFaces(context: CanvasRenderingContext2D, frame: ImageBitmap, faces: readonly Face[]): void {
  context.drawImage(frame, 0, 0);
  for (const face of faces) drawFace(context, face);
  const [largest] = [...faces].sort((one, other) => other.box[2]! * other.box[3]! - one.box[2]! * one.box[3]!);
  if (largest) drawFace(context, largest);
}

function drawFace(context: CanvasRenderingContext2D, { box, points, score }: Face): void {
  const [x, y, width, height] = box as [number, number, number, number];
  context.strokeStyle = context.fillStyle = "rgb(255, 176, 0)";
  context.lineWidth = 2;
  context.strokeRect(x, y, width, height);
  for (const [pointX, pointY] of points) {
    context.beginPath();
    context.arc(pointX, pointY, 3, 0, 2 * Math.PI);
    context.fill();
  }
  context.font = "16px sans-serif";
  context.fillText(score.toFixed(2), x, y - 4);
}
