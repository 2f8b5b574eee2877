"""AnnotationOverlayCalculator: draws render data over a copy of an image."""

from pyweb_ml.calculators.lettering import letter
from pyweb_ml.calculators.stroke import draw_strokes
from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Annotation, Image, RenderData, SizeOf, Stroke


@standard("AnnotationOverlayCalculator", tags={"render_data": ""}, outputs=(OutputPort("IMAGE", "Image"),))
def annotation_overlay(image: Image, render_data: RenderData | None = None) -> Image:
    """Draws boxes, points and text over a copy of an image uint8 (height, width, 3 or 4).

    Pens and letters grow with the image: thickness 1 is a pixel where the longer side is 640.
    """
    drawn = image.copy()
    size = SizeOf(width=image.shape[1], height=image.shape[0])
    for annotation in render_data or []:
        draw_strokes(drawn, _strokes(annotation, size))
    return drawn


def _strokes(annotation: Annotation, image: SizeOf) -> list[Stroke]:
    pixels = [(x * image.width, y * image.height) for x, y in annotation.points]
    pen = max(annotation.thickness * max(image) / 640, 1.0)
    if annotation.kind == "text":
        return letter(annotation.text, pixels[0], annotation.color, image)
    if annotation.kind == "point":
        return [Stroke(pixels, 3 * pen, annotation.color)]
    (x0, y0), (x1, y1) = pixels
    return [Stroke([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], pen, annotation.color)]
