/** Text as strokes, in the Hershey Simplex letters. The same numbers as in calculators/lettering.py. */

import hershey from "../../../pyweb_ml/calculators/hershey_simplex.json";
import type { Color } from "../kernels";
import type { Stroke } from "./stroke";

type Glyph = [width: number, strokes: number[][]];

const GLYPHS = hershey.glyphs as unknown as Readonly<Record<string, Glyph>>;
/** Height of the letters' own grid: from the top of a capital, -12, to the base line, 9; tails reach 16. */
const [CAPITAL, BASE, TAIL] = [21, 9, 7];
/** In pixels of an image whose longer side is 640. */
const [HEIGHT, GAP, MARGIN, OUTLINE] = [17, 6, 4, 2.4];
const MIN_HEIGHT = 8;
const LINE_SPACING = 1.6;
/** Pens are this share of the letters' height. */
const WEIGHT = 1 / 8;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Text above a point (in pixels), moved so that it lies inside the image; outlined, to be read on anything. */
export function letter(text: string, [x, y]: readonly [number, number], color: Color, image: Size): Stroke[] {
  const unit = Math.max(image.width, image.height) / 640;
  const scale = Math.max(HEIGHT * unit, MIN_HEIGHT) / CAPITAL;
  const lines = text.split("\n");
  const left = inside(x, Math.max(...lines.map(widthOf)) * scale, image.width, MARGIN * unit);
  const step = CAPITAL * scale * LINE_SPACING;
  const block = (lines.length - 1) * step + (CAPITAL + TAIL) * scale;
  const top = inside(y - GAP * unit - block + TAIL * scale, block, image.height, MARGIN * unit);
  const paths = lines.flatMap((line, i) => pathsOf(line, left, top + i * step + CAPITAL * scale, scale));
  const pen = CAPITAL * scale * WEIGHT;
  return [
    ...paths.map((points) => ({ points, thickness: pen + OUTLINE * unit, color: contrastTo(color) })),
    ...paths.map((points) => ({ points, thickness: pen, color })),
  ];
}

/** Where something of `length` starts so that it ends before the margin; at the margin if it is too long. */
function inside(start: number, length: number, size: number, margin: number): number {
  return Math.max(Math.min(start, size - margin - length), margin);
}

function glyphOf(character: string): Glyph {
  return GLYPHS[character] ?? GLYPHS["?"]!;
}

function widthOf(line: string): number {
  return Array.from(line).reduce((sum, character) => sum + glyphOf(character)[0], 0);
}

function pathsOf(line: string, left: number, base: number, scale: number): [number, number][][] {
  const paths: [number, number][][] = [];
  let advance = 0;
  for (const character of line) {
    const [width, strokes] = glyphOf(character);
    for (const stroke of strokes) {
      const path: [number, number][] = [];
      for (let i = 0; i < stroke.length; i += 2) {
        path.push([left + (advance + stroke[i]!) * scale, base + (stroke[i + 1]! - BASE) * scale]);
      }
      paths.push(path);
    }
    advance += width;
  }
  return paths;
}

function contrastTo({ r, g, b }: Color): Color {
  const isDark = 2 * r + 5 * g + b < 8 * 48;
  return isDark ? { r: 255, g: 255, b: 255 } : { r: 0, g: 0, b: 0 };
}
