"""DetectionProjectionCalculator: takes detections from the tensor's coordinates to the image's."""

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Box, Detection, Detections, Keypoint, Matrix


@standard(
    "DetectionProjectionCalculator",
    tags={"matrix": "PROJECTION_MATRIX"},
    outputs=(OutputPort("DETECTIONS", "Detections"),),
)
def detection_projection(detections: Detections, matrix: Matrix) -> Detections:
    """Projects detections by a 4x4 matrix, such as `image_to_tensor(…).matrix`.

    A box becomes the upright box around its projected corners.
    """
    return [_project(one, matrix) for one in detections]


def _project(detection: Detection, matrix: Matrix) -> Detection:
    def point(x: float, y: float) -> tuple[float, float]:
        return x * matrix[0] + y * matrix[1] + matrix[3], x * matrix[4] + y * matrix[5] + matrix[7]

    box = detection.box
    corners = [point(box.xmin + i * box.width, box.ymin + j * box.height) for i in (0, 1) for j in (0, 1)]
    xs, ys = zip(*corners, strict=True)
    projected = Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
    keypoints = [Keypoint(*point(one.x, one.y)) for one in detection.keypoints]
    return Detection(detection.label, detection.score, projected, keypoints)
