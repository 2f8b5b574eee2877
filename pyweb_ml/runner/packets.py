"""Packets as JSON lines: {"timestamp": microseconds, "stream": name, "value": …}."""

import base64
import dataclasses
import json
from typing import Any

import numpy as np

from pyweb_ml.runner.media import png_bytes


def packet_line(at: int, stream: str, type: str, payload: Any) -> str:
    """One packet as a line of JSON, without the line's end."""
    return json.dumps({"timestamp": at, "stream": stream, "value": to_json(type, payload)})


def to_json(type: str, payload: Any) -> Any:
    """A payload as JSON, of the form that the page's script sees it in; an Image as a PNG's data URL."""
    if type == "Image":
        return {"width": payload.shape[1], "height": payload.shape[0], "png": _data_url(payload)}
    if type == "Mask":
        return {"width": payload.shape[1], "height": payload.shape[0], "data": _floats(payload)}
    if type in ("Tensor", "Audio"):
        return {"shape": list(payload.shape), "data": _floats(payload)}
    if isinstance(payload, list):
        return [to_json("Tensor", one) if type == "Tensors" else _record(one) for one in payload]
    if type == "Boolean":
        return bool(payload)
    return float(payload) if type == "Number" else payload


def _record(value: Any) -> Any:
    return dataclasses.asdict(value, dict_factory=_plain) if dataclasses.is_dataclass(value) else value  # type: ignore[arg-type]  # an instance, never a class


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {key: value.item() if isinstance(value, np.generic) else value for key, value in pairs}


def _floats(array: Any) -> list[Any]:
    flat: list[Any] = np.asarray(array).reshape(-1).tolist()
    return flat


def _data_url(image: Any) -> str:
    return "data:image/png;base64," + base64.b64encode(png_bytes(image)).decode()
