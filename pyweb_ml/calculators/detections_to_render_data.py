"""DetectionsToRenderDataCalculator: what to draw for detections."""

import math
from typing import Annotated, cast

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import Fields, OutputPort
from pyweb_ml.graph.payloads import Annotation, Box, Color, Detection, Detections, RenderData


@standard("DetectionsToRenderDataCalculator", outputs=(OutputPort("RENDER_DATA", "RenderData"),))
def detections_to_render_data(
    detections: Detections,
    *,
    thickness: float = 1.0,
    color: Annotated[tuple[int, int, int], Fields(("r", "g", "b"))] = (0, 0, 0),
    text_delimiter: str = ",",
    produce_empty_packet: bool = True,
) -> RenderData:
    """A box, keypoints and a label for each detection.

    Args:
        thickness: of the pen, in pixels of an image whose longer side is 640.
        color: red, green, blue, 0..255.
        text_delimiter: follows the label and follows the score (which has two decimals), as in MediaPipe.
        produce_empty_packet: without it, nothing is emitted for no detections: this returns None.
    """
    if not detections and not produce_empty_packet:
        return cast(RenderData, None)  # no packet: what follows is not called
    pen = Color(*color)
    return [one for detection in detections for one in _annotations(detection, pen, thickness, text_delimiter)]


def _annotations(detection: Detection, color: Color, thickness: float, delimiter: str) -> RenderData:
    box = detection.box
    corner = (max(box.xmin, 0.0), min(box.ymin, 1.0))
    points = [Annotation("point", [(one.x, one.y)], color, thickness) for one in detection.keypoints]
    label = Annotation("text", [corner], color, thickness, _label(detection, delimiter))
    return [*_rectangle(box, color, thickness), *points, label]


def _rectangle(box: Box, color: Color, thickness: float) -> RenderData:
    """The box's part inside the image; nothing if there is none."""
    right, bottom = box.xmin + box.width, box.ymin + box.height
    if right < 0 or bottom < 0 or box.xmin > 1 or box.ymin > 1:
        return []
    corners = [(max(box.xmin, 0.0), max(box.ymin, 0.0)), (min(right, 1.0), min(bottom, 1.0))]
    return [Annotation("rectangle", corners, color, thickness)]


def _label(detection: Detection, delimiter: str) -> str:
    score = math.floor(detection.score * 100 + 0.5) / 100
    return "".join(part + delimiter for part in (detection.label, f"{score:g}"))
