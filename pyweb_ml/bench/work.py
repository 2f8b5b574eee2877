"""What a rival has to do to do the same as an app: read from the built site's graph."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_Node = dict[str, Any]

SHORT_RANGE = {"num_boxes": 896, "num_coords": 16, "x_scale": 128}
"""What tells MediaPipe's face_detection_short_range from other detectors: the rivals know its anchors."""


class NoWorkError(Exception):
    """Rivals cannot do what the app does; the message says why."""


@dataclass(frozen=True)
class Recipe:
    """What an app does, as far as rivals do the same.

    Attributes:
        model: the model's name in the graph.
        range: the numbers that black and white become.
        task: "blur", "faces" or "none"; see `Work`.
        sigma: of the blur, in pixels.
    """

    model: str
    width: int
    height: int
    range: tuple[float, float]
    keep_aspect: bool
    task: str
    sigma: float


def read_recipe(site: Path) -> Recipe:
    """The recipe of a built site.

    Raises:
        NoWorkError: its graph is not one picture into one model.
    """
    graph = json.loads((site / "graph.json").read_text(encoding="utf-8"))
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    inputs, models = _of(graph, "ImageToTensorCalculator"), _of(graph, "InferenceCalculator")
    if len(inputs) != 1 or len(models) != 1:
        raise NoWorkError(
            "rivals are written for graphs with one ImageToTensorCalculator and one InferenceCalculator, and this "
            f"one has {len(inputs)} and {len(models)}"
        )
    options = _options(inputs[0])
    floats = options.get("output_tensor_float_range", {})
    return Recipe(
        model=_options(models[0])["model_path"],
        width=options["output_tensor_width"],
        height=options["output_tensor_height"],
        range=(floats.get("min", 0.0), floats.get("max", 1.0)),
        keep_aspect=options.get("keep_aspect_ratio", False),
        task=_task(graph),
        sigma=_sigma(graph, manifest),
    )


def inference_nodes(site: Path) -> list[str]:
    """The names of the nodes that run models."""
    graph = json.loads((site / "graph.json").read_text(encoding="utf-8"))
    return [node["name"] for node in _of(graph, "InferenceCalculator")]


def _of(graph: dict[str, Any], calculator: str) -> list[_Node]:
    return [node for node in graph.get("node", []) if node["calculator"] == calculator]


def _options(node: _Node) -> dict[str, Any]:
    found: list[dict[str, Any]] = node.get("node_options", [])
    return found[0] if found else {}


def _task(graph: dict[str, Any]) -> str:
    for node in _of(graph, "TensorsToDetectionsCalculator"):
        if SHORT_RANGE.items() <= _options(node).items():
            return "faces"
    blurs = all(_of(graph, f"{name}Calculator") for name in ("TensorsToSegmentation", "GaussianBlur", "Blend"))
    return "blur" if blurs else "none"


def _sigma(graph: dict[str, Any], manifest: dict[str, Any]) -> float:
    """As the option says, or as the control that feeds it shows at first."""
    for node in _of(graph, "GaussianBlurCalculator"):
        if (given := _options(node).get("sigma")) is not None:
            return float(given)
        streams = {port.rpartition(":")[2] for port in node["input_stream"]}
        return next((float(one["value"]) for one in _controls(manifest) if one["name"] in streams), 0.0)
    return 0.0


def _controls(manifest: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (one for one in manifest.get("controls", []) if one["kind"] == "slider")
