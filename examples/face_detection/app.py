"""Find faces, and follow the largest one with a box that Python smooths over time."""

import numpy as np

import pyweb_ml as pw

FACES = pw.Model(
    "npm:@mediapipe/face_detection@0.4.1657300184/face_detection_short_range.tflite",
    sha256="3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
)


@pw.calculator
class FollowLargestFace:
    """A frame around the largest head, averaged over time so that it does not jitter."""

    def __init__(self, smoothing: float = 0.6, margin: float = 0.3) -> None:
        self.smoothing = smoothing
        self.margin = margin

    def open(self) -> None:
        self.box: np.ndarray | None = None

    def process(self, detections: pw.Detections) -> pw.Detections:
        if not detections:
            self.box = None
            return []
        face = max(detections, key=lambda one: one.box.width * one.box.height)
        now = np.array([face.box.xmin, face.box.ymin, face.box.width, face.box.height])
        now += np.array([-1, -1.5, 2, 2]) * self.margin * now[[2, 3, 2, 3]]
        self.box = now if self.box is None else self.smoothing * self.box + (1 - self.smoothing) * now
        return [pw.Detection("largest", face.score, pw.Box(*self.box.tolist()))]


def detected(tensors: pw.Tensors) -> pw.Detections:
    """The faces that MediaPipe's short-range detector finds, relative to the tensor."""
    anchors = pw.ssd_anchors(
        input_size_width=128,
        input_size_height=128,
        min_scale=0.1484375,
        max_scale=0.75,
        num_layers=4,
        strides=[8, 16, 16, 16],
        aspect_ratios=[1.0],
        fixed_anchor_size=True,
    )
    found = pw.tensors_to_detections(
        pw.inference(tensors, model=FACES),
        anchors,
        num_classes=1,
        num_boxes=896,
        num_coords=16,
        keypoint_coord_offset=4,
        num_keypoints=6,
        x_scale=128,
        y_scale=128,
        w_scale=128,
        h_scale=128,
        reverse_output_order=True,
        sigmoid_score=True,
        score_clipping_thresh=100,
        min_score_thresh=0.5,
    )
    return pw.non_max_suppression(
        found,
        min_suppression_threshold=0.3,
        overlap_type="INTERSECTION_OVER_UNION",
        algorithm="WEIGHTED",
        return_empty_detections=True,
    )


@pw.app(title="Face detection", samples=["../samples/astronaut.jpg"])
def face_detection(frame: pw.Image) -> pw.Outputs:
    tensors = pw.image_to_tensor(
        frame,
        output_tensor_width=128,
        output_tensor_height=128,
        keep_aspect_ratio=True,
        output_tensor_float_range=(-1, 1),
        border_mode="BORDER_ZERO",
    )
    named = pw.detection_label_id_to_text(detected(tensors), label=["face"])
    faces = pw.detection_projection(named, matrix=tensors.matrix)
    largest = FollowLargestFace(smoothing=0.6).process(faces)
    drawn = pw.annotation_overlay(
        frame, pw.detections_to_render_data(faces, thickness=2, color=(255, 176, 0), text_delimiter=" ")
    )
    output = pw.annotation_overlay(
        drawn, pw.detections_to_render_data(largest, thickness=5, color=(0, 200, 120), text_delimiter=" ")
    )
    return {"output": output, "faces": faces, "largest": largest}
