/** AnnotationOverlayCalculator: draws render data over an image, or over a copy while others read it too. */

import type { CalculatorType } from "../graph/calculator";
import type { Image } from "../image";
import type { Kernels } from "../kernels";
import type { Annotation } from "./detections_to_render_data";
import { letter } from "./lettering";
import { OptionReader } from "./options";
import type { Stroke } from "./stroke";
import { drawStrokes } from "./stroke";

export const annotationOverlay: CalculatorType<{ kernels: Kernels }> = {
  name: "AnnotationOverlayCalculator",
  create(options, { kernels }) {
    new OptionReader(this.name, options).done();
    return {
      process(context) {
        const image = context.input<Image>("IMAGE");
        if (!image) return;
        const annotations = context.input<Annotation[]>("") ?? [];
        context.emit("IMAGE", annotations.length ? draw(kernels, image, annotations) : shared(image));
      },
    };
  },
};

function shared(image: Image): Image {
  image.retain();
  return image;
}

function draw(kernels: Kernels, image: Image, annotations: readonly Annotation[]): Image {
  const canvas = image.isExclusive ? shared(image) : copyOf(kernels, image);
  for (const annotation of annotations) drawStrokes(kernels, canvas, strokesOf(annotation, image));
  return canvas;
}

function copyOf(kernels: Kernels, image: Image): Image {
  const copy = kernels.newImage(image.width, image.height);
  copy.data.set(image.data);
  return copy;
}

function strokesOf({ kind, points, color, thickness, text }: Annotation, image: Image): Stroke[] {
  const pixels = points.map(([x, y]) => [x * image.width, y * image.height] as const);
  const pen = Math.max((thickness * Math.max(image.width, image.height)) / 640, 1);
  if (kind === "text") return letter(text, pixels[0]!, color, image);
  if (kind === "point") return [{ points: pixels, thickness: 3 * pen, color }];
  const [[x0, y0], [x1, y1]] = [pixels[0]!, pixels[1]!];
  const outline = [[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]] as const;
  return [{ points: outline, thickness: pen, color }];
}
