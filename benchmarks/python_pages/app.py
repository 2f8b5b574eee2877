"""Calculators in Python, one for each kind of payload; those that make what the others take are not measured."""

import numpy as np

import pyweb_ml as pw

FACE = pw.Detection("face", 0.9, pw.Box(0.1, 0.2, 0.3, 0.4), [pw.Keypoint(0.1 * one, 0.3) for one in range(6)])


@pw.calculator
def one_face(frame: pw.Image) -> pw.Detections:
    return [FACE]


@pw.calculator
def forty_faces(frame: pw.Image) -> pw.Detections:
    return [FACE] * 40


@pw.calculator
def half_mask(frame: pw.Image) -> pw.Mask:
    return np.full(frame.shape[:2], 0.5, np.float32)


@pw.calculator
def two_tensors(frame: pw.Image) -> pw.Tensors:
    return [np.ones((1, 896, 16), np.float32), np.ones((1, 896, 1), np.float32)]


def _largest(detections: list[pw.Detection]) -> list[pw.Detection]:
    face = max(detections, key=lambda one: one.box.width * one.box.height)
    box = np.array([face.box.xmin, face.box.ymin, face.box.width, face.box.height])
    box += np.array([-1, -1, 2, 2]) * 0.3 * box[[2, 3, 2, 3]]
    return [pw.Detection("largest", face.score, pw.Box(*box.tolist()))]


@pw.calculator
def largest(detections: pw.Detections) -> pw.Detections:
    return _largest(detections)


@pw.calculator
def largest_of_forty(detections: pw.Detections) -> pw.Detections:
    return _largest(detections)


@pw.calculator
def negative(frame: pw.Image) -> pw.Image:
    return 255 - frame


@pw.calculator
def faded(mask: pw.Mask) -> pw.Mask:
    return mask * np.float32(0.5)


@pw.calculator
def halved(tensors: pw.Tensors) -> pw.Tensors:
    return [one * np.float32(0.5) for one in tensors]


@pw.app(title="Calls of Python")
def python_calls(frame: pw.Image) -> pw.Outputs:
    return {
        "negative": negative(frame),
        "faded": faded(half_mask(frame)),
        "halved": halved(two_tensors(frame)),
        "largest": largest(one_face(frame)),
        "largest_of_forty": largest_of_forty(forty_faces(frame)),
    }
