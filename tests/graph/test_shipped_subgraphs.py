"""The shipped subgraphs run: two models of one task agree on a photograph."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.visiting import on_desktop, photograph, rgba

LANDSCAPE = """
node {
  calculator: "ConstantSidePacketCalculator"
  output_side_packet: "PACKET:selection"
  node_options {
    [type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] { packet { int_value: 1 } }
  }
}
"""


def result(folder: Path, subgraph: str, tag: str, side: str = "") -> Any:
    selected = 'input_side_packet: "MODEL_SELECTION:selection"' if side else ""
    text = f"""input_stream: "frame" output_stream: "out" {side}
    node {{ calculator: "{subgraph}" input_stream: "IMAGE:frame" output_stream: "{tag}:out" {selected} }}"""
    (folder / "one.pbtxt").write_text(text)
    return on_desktop(folder / "one.pbtxt", rgba(photograph()))[0]["out"]


def test_the_short_and_the_full_range_find_the_same_face(tmp_path: Path) -> None:
    names = ("FaceDetectionShortRangeCpu", "FaceDetectionFrontGpu", "FaceDetectionFullRangeGpu")
    (short,), (front,), (full,) = (result(tmp_path, name, "DETECTIONS") for name in names)
    assert front == short
    assert min(short.score, full.score) > 0.9
    eyes = [(point.x, point.y) for one in (short, full) for point in one.keypoints[:2]]
    assert eyes[0] == pytest.approx(eyes[2], abs=0.02)
    assert eyes[1] == pytest.approx(eyes[3], abs=0.02)


def test_the_general_and_the_landscape_model_see_the_same_person(tmp_path: Path) -> None:
    general = result(tmp_path, "SelfieSegmentationGpu", "SEGMENTATION_MASK") > 0.5
    landscape = result(tmp_path, "SelfieSegmentationCpu", "SEGMENTATION_MASK", LANDSCAPE) > 0.5
    assert general.shape == landscape.shape == (512, 512)
    assert not np.array_equal(general, landscape), "two models, not one twice"
    assert (general & landscape).sum() / (general | landscape).sum() > 0.9
