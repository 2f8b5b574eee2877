"""PyWebML: write an ML pipeline in Python; it runs in anybody's browser, as a folder of static files.

Import it as `pw`. What is imported here is all that the page's Python needs too, so it costs numpy alone.
"""

from pyweb_ml.errors import (
    AppError,
    AuthoringError,
    BuildError,
    CalculatorError,
    ConfigError,
    MediaError,
    ModelError,
    PyWebMLError,
)
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.authoring import App, app, calculator
from pyweb_ml.graph.payloads import (
    Box,
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
from pyweb_ml.version import __version__

__all__ = [
    "App",
    "AppError",
    "AuthoringError",
    "Box",
    "BuildError",
    "CalculatorError",
    "ConfigError",
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
    "PyWebMLError",
    "RenderData",
    "Tensor",
    "Tensors",
    "Text",
    "__version__",
    "app",
    "calculator",
]
