"""The page's Python: makes the user's calculators and runs them for the scheduler, which is in TypeScript.

Runs in Pyodide only; `static/src/python/host.ts` is the other half. Images, masks and tensors cross as one
copy of their bytes, everything else as JSON.
"""

import dataclasses
import importlib
import json
import random
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np

from pyweb_ml.graph.authoring import CONTRACT
from pyweb_ml.graph.contract import Contract, OutputPort
from pyweb_ml.graph.payloads import Box, Classification, Detection, Keypoint, Landmark, type_mismatch


class Sink(Protocol):
    """Where outputs go: `PythonSink` of static/src/python/payloads.ts. `index` is the output's position."""

    def image(self, index: int, width: int, height: int, array: Any) -> None: ...
    def mask(self, index: int, width: int, height: int, array: Any) -> None: ...
    def tensor(self, index: int, shape: str, array: Any) -> None: ...
    def addTensor(self, shape: str, array: Any) -> None: ...  # noqa: N802  # TypeScript's name
    def endTensors(self, index: int) -> None: ...  # noqa: N802
    def json(self, index: int, text: str) -> None: ...


class PageCalculator:
    """One node of the user's: like `pyweb_ml.runner.node.Node`, for payloads that come from JavaScript."""

    def __init__(self, name: str, module: str, config: str) -> None:
        self._contract: Contract = getattr(getattr(importlib.import_module(module), name), CONTRACT)
        fields: dict[str, Any] = json.loads(config)
        stated: dict[str, Any] = fields.get("options", {})
        self._options = {key: self._contract.options[key].decode(value) for key, value in stated.items()}
        self._construct = fields.get("construct", {})
        self._instance: Any = None

    def open(self) -> str | None:
        """Begins a run. Like `process` and `close`, gives None, or a failure as JSON."""
        return self._guarded(self._open)

    def _open(self) -> None:
        if isinstance(self._contract.work, type):
            self._instance = self._contract.work(**self._construct)
            getattr(self._instance, "open", lambda: None)()

    def process(self, tags: Any, payloads: Any, sink: Sink) -> str | None:
        """Runs on the packets of one timestamp: `payloads` by position, None where there is no packet."""
        return self._guarded(lambda: self._process(list(tags), list(payloads), sink))

    def close(self) -> str | None:
        return self._guarded(lambda: getattr(self._instance, "close", lambda: None)())

    def _process(self, tags: list[str], payloads: list[Any], sink: Sink) -> None:
        by_tag = dict(zip(tags, payloads, strict=True))
        given: dict[str, Any] = {}
        for port in self._contract.inputs:
            payload = by_tag.get(port.tag)
            if payload is None and not port.optional:
                return
            given[port.parameter] = None if payload is None else from_page(port.type, payload)
        work = self._instance.process if self._instance is not None else self._contract.work
        options = self._contract.options_with(self._options, given)
        if options is not None:
            self._emit(work(**{**given, **options}), sink)

    def _emit(self, value: Any, sink: Sink) -> None:
        count = len(self._contract.outputs)
        if self._contract.several and value is not None and not (isinstance(value, tuple) and len(value) == count):
            raise TypeError(f"it must return a tuple of {count} values")
        for index, (port, payload) in enumerate(
            zip(self._contract.outputs, self._contract.split(value), strict=True)
        ):
            if payload is not None:
                _send(sink, index, port, payload)

    def _guarded(self, work: Any) -> str | None:
        try:
            work()
        except Exception as error:
            frames = traceback.format_exception(type(error), error, _user_frames(error))
            message = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
            return json.dumps({"message": message, "stack": "".join(frames)})
        return None


def _user_frames(error: BaseException) -> Any:
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    return frame


def _send(sink: Sink, index: int, port: OutputPort, payload: Any) -> None:
    problem = type_mismatch(port.type, payload)
    if problem:
        raise TypeError(f"it returned what is no {port.type}: {problem}")
    if port.type == "Image":
        sink.image(index, payload.shape[1], payload.shape[0], _with_alpha(payload))
    elif port.type == "Mask":
        sink.mask(index, payload.shape[1], payload.shape[0], np.ascontiguousarray(payload))
    elif port.type in ("Tensor", "Audio"):
        sink.tensor(index, json.dumps(payload.shape), _numeric(payload))
    elif port.type == "Tensors":
        for one in payload:
            sink.addTensor(json.dumps(one.shape), _numeric(one))
        sink.endTensors(index)
    else:
        sink.json(index, json.dumps(payload, default=_plain))


def _with_alpha(image: Any) -> Any:
    if image.shape[2] == 4:
        return np.ascontiguousarray(image)
    return np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])


def _numeric(array: Any) -> Any:
    """The array in one of the dtypes that the page's tensors have."""
    kept = array.dtype in (np.float32, np.int32, np.uint8)
    return np.ascontiguousarray(array if kept else array.astype(np.float32))


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return vars(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a value of type '{type(value).__name__}' cannot leave Python")


def refresh() -> None:
    """Makes up for what a memory snapshot has kept from the machine that built the site.

    Random numbers would be the same on each visit, and modules that have come since unseen.
    """
    random.seed()
    if "numpy.random" in sys.modules:
        np.random.seed()
    importlib.invalidate_caches()


def from_page(type: str, payload: Any) -> Any:
    """A payload as a calculator takes it: `payload` is what host.ts sends for the stream type."""
    if type in ("Image", "Mask", "Audio", "Tensor"):
        return _array(payload)
    if type == "Tensors":
        return [_array(one) for one in payload]
    value = json.loads(payload)
    if type == "Detections":
        return [detection(one) for one in value]
    item = _ITEMS.get(type)
    return [item(**one) for one in value] if item else value


_ITEMS: dict[str, Callable[..., Any]] = {"Classifications": Classification, "Landmarks": Landmark}


def _array(payload: Any) -> Any:
    array = np.empty(tuple(payload.shape), np.dtype(payload.dtype))
    # A copy of the calculator's own, which it may keep: the page's memory is used again for the next frame.
    payload.data.assign_to(array)
    return array


def detection(fields: Mapping[str, Any]) -> Detection:
    """A Detection out of its JSON fields."""
    keypoints = [Keypoint(**point) for point in fields["keypoints"]]
    return Detection(fields["label"], fields["score"], Box(**fields["box"]), keypoints)
