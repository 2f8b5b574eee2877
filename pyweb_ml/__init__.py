"""PyWebML: write an ML pipeline in Python; it runs in anybody's browser, as a folder of static files.

Import it as `pw`. What is imported here is all that the page's Python needs too, so it costs numpy alone.
"""

import importlib
from typing import TYPE_CHECKING, Any

from pyweb_ml.calculators.annotation_overlay import annotation_overlay
from pyweb_ml.calculators.blend import blend
from pyweb_ml.calculators.blur import gaussian_blur
from pyweb_ml.calculators.detection_label_id_to_text import detection_label_id_to_text
from pyweb_ml.calculators.detection_projection import detection_projection
from pyweb_ml.calculators.detections_to_render_data import detections_to_render_data
from pyweb_ml.calculators.image_properties import image_properties
from pyweb_ml.calculators.image_to_tensor import image_to_tensor
from pyweb_ml.calculators.inference import inference
from pyweb_ml.calculators.non_max_suppression import non_max_suppression
from pyweb_ml.calculators.ssd_anchors import ssd_anchors
from pyweb_ml.calculators.tensors_to_classification import tensors_to_classification
from pyweb_ml.calculators.tensors_to_detections import tensors_to_detections
from pyweb_ml.calculators.tensors_to_segmentation import tensors_to_segmentation
from pyweb_ml.errors import (
    AppError,
    AuthoringError,
    BuildError,
    CalculatorError,
    ConfigError,
    ControlError,
    ConversionError,
    MediaError,
    ModelError,
    PyWebMLError,
)
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.audio import audio
from pyweb_ml.graph.authoring import App, app, calculator
from pyweb_ml.graph.controls import checkbox, select, slider, text
from pyweb_ml.graph.payloads import (
    Audio,
    Boolean,
    Box,
    Classification,
    Classifications,
    Detection,
    Detections,
    Image,
    Keypoint,
    Landmark,
    Landmarks,
    Mask,
    Number,
    Outputs,
    RenderData,
    Tensor,
    Tensors,
    Text,
)
from pyweb_ml.graph.timestamp import Timestamp
from pyweb_ml.version import __version__

if TYPE_CHECKING:
    from pyweb_ml import packet_creator, packet_getter
    from pyweb_ml.calculator_graph import CalculatorGraph
    from pyweb_ml.packet import Packet

_LATER = {"CalculatorGraph": "pyweb_ml.calculator_graph", "Packet": "pyweb_ml.packet"}


def __getattr__(name: str) -> Any:
    # The page's Python has no runner: what needs it is imported when it is asked for.
    if name in ("packet_creator", "packet_getter"):
        return importlib.import_module(f"pyweb_ml.{name}")
    if name in _LATER:
        return getattr(importlib.import_module(_LATER[name]), name)
    raise AttributeError(f"module 'pyweb_ml' has no attribute '{name}'")


__all__ = [
    "App",
    "AppError",
    "Audio",
    "AuthoringError",
    "Boolean",
    "Box",
    "BuildError",
    "CalculatorError",
    "CalculatorGraph",
    "Classification",
    "Classifications",
    "ConfigError",
    "ControlError",
    "ConversionError",
    "Detection",
    "Detections",
    "Image",
    "Keypoint",
    "Landmark",
    "Landmarks",
    "Mask",
    "MediaError",
    "Model",
    "ModelError",
    "Number",
    "Outputs",
    "Packet",
    "PyWebMLError",
    "RenderData",
    "Tensor",
    "Tensors",
    "Text",
    "Timestamp",
    "__version__",
    "annotation_overlay",
    "app",
    "audio",
    "blend",
    "calculator",
    "checkbox",
    "detection_label_id_to_text",
    "detection_projection",
    "detections_to_render_data",
    "gaussian_blur",
    "image_properties",
    "image_to_tensor",
    "inference",
    "non_max_suppression",
    "packet_creator",
    "packet_getter",
    "select",
    "slider",
    "ssd_anchors",
    "tensors_to_classification",
    "tensors_to_detections",
    "tensors_to_segmentation",
    "text",
]
