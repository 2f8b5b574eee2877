"""The subgraphs that PyWebML ships, under MediaPipe's names, and the models that they run.

Source of the values: mediapipe/modules/face_detection and mediapipe/modules/selfie_segmentation.
"""

import functools
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, Final

from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.config import GraphConfig
from pyweb_ml.graph.standard_form import standardise
from pyweb_ml.graph.subgraph import expand

_FILES: Final = {
    "FaceDetectionShortRangeCpu": "face_detection_short_range",
    "FaceDetectionShortRangeGpu": "face_detection_short_range",
    "FaceDetectionFrontCpu": "face_detection_short_range",
    "FaceDetectionFrontGpu": "face_detection_short_range",
    "FaceDetectionFullRangeCpu": "face_detection_full_range",
    "FaceDetectionFullRangeGpu": "face_detection_full_range",
    "SelfieSegmentationCpu": "selfie_segmentation",
    "SelfieSegmentationGpu": "selfie_segmentation",
}
"""Where the pictures lie is the runtime's business, so MediaPipe's graphs for CPU and GPU are one here.

MediaPipe's "Front" is the older name of its short range.
"""

_FACES = "npm:@mediapipe/face_detection@0.4.1657300184/"
_SELFIES = "npm:@mediapipe/selfie_segmentation@0.1.1675465747/"
_SOURCES: Final = {
    "mediapipe/modules/face_detection/face_detection_short_range.tflite": (
        _FACES, "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"
    ),
    "mediapipe/modules/face_detection/face_detection_full_range_sparse.tflite": (
        _FACES, "671dd2f9ed11a78436fc21cc42357a803dfc6f73e9fb86541be942d5716c2dce"
    ),
    "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite": (
        _SELFIES, "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27"
    ),
    "mediapipe/modules/selfie_segmentation/selfie_segmentation_landscape.tflite": (
        _SELFIES, "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894"
    ),
}  # fmt: skip

MODELS: Final = {
    path: Model(source + path.rpartition("/")[2], sha256) for path, (source, sha256) in _SOURCES.items()
}
"""Models by the paths that MediaPipe's graphs name them by."""


def expanded(
    config: GraphConfig, known: Mapping[str, Any], side_packets: Mapping[str, Any] | None = None
) -> GraphConfig:
    """A config as our runtimes take it: shipped subgraphs expanded, every node named, options complete.

    Args:
        known: contracts by calculator name; one that has no contract may be there with any value.
        side_packets: values of input side packets that are known already; a SwitchContainer chooses by them.

    Raises:
        ConfigError: as `pyweb_ml.graph.subgraph.expand`.
    """
    whole = expand(config, find, side_packets)
    standardise(whole, known)
    return whole


@functools.cache
def find(name: str) -> GraphConfig | None:
    """The shipped subgraph of a name; None where there is none. It is not to be changed."""
    from pyweb_ml.graph.pbtxt import from_text

    if name not in _FILES:
        return None
    return from_text((files(__package__) / f"{_FILES[name]}.pbtxt").read_text(encoding="utf-8"))
