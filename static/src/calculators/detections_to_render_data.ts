/** DetectionsToRenderDataCalculator: what to draw for detections. */

import type { CalculatorType } from "../graph/calculator";
import type { Box, Detection } from "../protocol";
import type { Color } from "../kernels";
import { OptionReader } from "./options";

/**
 * Something to draw over an image, in coordinates relative to the image, 0..1: a rectangle (two opposite
 * corners), a point, or a text (its lower left corner). `thickness` is of the pen, in pixels of an image
 * whose longer side is 640.
 */
export interface Annotation {
  kind: "rectangle" | "point" | "text";
  points: [x: number, y: number][];
  color: Color;
  thickness: number;
  text: string;
}

export const detectionsToRenderData: CalculatorType<unknown> = {
  name: "DetectionsToRenderDataCalculator",
  create(given) {
    const options = readOptions(new OptionReader(this.name, given));
    return {
      process(context) {
        const detections = context.input<Detection[]>("DETECTIONS") ?? [];
        if (!detections.length && !options.produceEmpty) return;
        const annotations = detections.flatMap((one) => annotationsOf(one, options));
        context.emit("RENDER_DATA", annotations);
      },
    };
  },
};

type RenderOptions = ReturnType<typeof readOptions>;

function readOptions(reader: OptionReader) {
  const options = {
    thickness: reader.number("thickness", 1),
    color: reader.fields("color", { r: 0, g: 0, b: 0 }),
    delimiter: reader.text("text_delimiter", ","),
    produceEmpty: reader.boolean("produce_empty_packet", true),
  };
  reader.done();
  return options;
}

function annotationsOf(detection: Detection, options: RenderOptions): Annotation[] {
  const { color, thickness } = options;
  const { box } = detection;
  const pen = { color, thickness, text: "" };
  const text = labelOf(detection, options.delimiter);
  const point = (x: number, y: number): Annotation => ({ ...pen, kind: "point", points: [[x, y]] });
  return [
    ...rectangleOf(box).map((points): Annotation => ({ ...pen, kind: "rectangle", points })),
    ...detection.keypoints.map(({ x, y }) => point(x, y)),
    { ...pen, kind: "text", points: [[Math.max(box.xmin, 0), Math.min(box.ymin, 1)]], text },
  ];
}

/** The box's part inside the image; none if there is none. */
function rectangleOf({ xmin, ymin, width, height }: Box): [number, number][][] {
  const [right, bottom] = [xmin + width, ymin + height];
  if (right < 0 || bottom < 0 || xmin > 1 || ymin > 1) return [];
  return [
    [
      [Math.max(xmin, 0), Math.max(ymin, 0)],
      [Math.min(right, 1), Math.min(bottom, 1)],
    ],
  ];
}

/** As MediaPipe writes it: the label and the score, to two decimals, each followed by the delimiter. */
function labelOf({ label, score }: Detection, delimiter: string): string {
  const rounded = Math.floor(score * 100 + 0.5) / 100;
  return [label, String(rounded)].map((part) => part + delimiter).join("");
}
