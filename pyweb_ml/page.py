"""The page's Python: makes the user's calculators and runs them for the scheduler, which is in TypeScript.

Runs in Pyodide only; `static/src/python/` is the other half. A call takes one text and gives one: JSON, an item an
input or output. The bytes of images, masks and tensors lie in Python's memory, which JavaScript reads and writes.
"""

import dataclasses
import importlib
import json
import random
import sys
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pyweb_ml.graph.authoring import CONTRACT
from pyweb_ml.graph.contract import Contract, InputPort, OutputPort
from pyweb_ml.graph.payloads import Box, Classification, Detection, Keypoint, Landmark, type_mismatch


class PageCalculator:
    """One node of the user's: like `pyweb_ml.runner.node.Node`, for payloads that come from JavaScript.

    Args:
        name: of the function or class in `module`.
        config: the node's options, as JSON.
        tags: those of the connected inputs, as JSON, in the order in which `process` is given their payloads.

    Attributes:
        types: the stream types of the connected inputs and of the outputs, as JSON: two lists.
    """

    def __init__(self, name: str, module: str, config: str, tags: str) -> None:
        self._contract: Contract = getattr(getattr(importlib.import_module(module), name), CONTRACT)
        fields: dict[str, Any] = json.loads(config)
        stated: dict[str, Any] = fields.get("options", {})
        self._options = {key: self._contract.options[key].decode(value) for key, value in stated.items()}
        self._construct = fields.get("construct", {})
        self._instance: Any = None
        self._work: Callable[..., Any] = self._contract.work
        self._rooms = Rooms()
        by_tag = {port.tag: port for port in self._contract.inputs}
        self._inputs = [self._reader(by_tag[tag]) for tag in json.loads(tags)]
        self._absent = {port.parameter: None for port in self._contract.inputs}
        self._needed = [port.parameter for port in self._contract.inputs if not port.optional]
        self._lent: list[Any] = []
        self.types = json.dumps([[by_tag[tag].type for tag in json.loads(tags)], self._output_types()])

    def _output_types(self) -> list[str]:
        return [port.type for port in self._contract.outputs]

    def _reader(self, port: InputPort) -> tuple[InputPort, Callable[[Any], Any]]:
        """The port, and what makes its payload out of an item of JSON."""
        if port.type == "Tensors":
            return port, lambda places: [self._rooms[place] for place in places]
        if port.type in _ARRAYS:
            return port, self._rooms.__getitem__
        return port, _READERS.get(port.type, _as_it_is)

    def room(self, place: int, dtype: str, *shape: int) -> int:
        """The address of an array for an input, which JavaScript fills before it calls `process`.

        `place` counts the arrays of a call, from 0; as an input's item in JSON it stands for the array.
        """
        return _address(self._rooms.make(place, dtype, shape))

    def open(self) -> str | None:
        """Begins a run. Like `process` and `close`, gives None, or a failure as JSON."""
        return self._guarded(self._open)

    def _open(self) -> None:
        if isinstance(self._contract.work, type):
            self._instance = self._contract.work(**self._construct)
            self._work = self._instance.process
            getattr(self._instance, "open", lambda: None)()

    def process(self, given: str) -> str:
        """Runs on the packets of one timestamp.

        Takes JSON of a list with an item an input, null where there is no packet, and gives that of the outputs.
        The arrays that it tells of stay where they are until the next call.
        """
        try:
            return _encode(self._process(_decode(given)[0]))
        except Exception as error:
            return _failure(error)

    def close(self) -> str | None:
        """Ends the run, as `open` begins it."""
        self._lent = []
        self._rooms.clear()
        return self._guarded(lambda: getattr(self._instance, "close", lambda: None)())

    def _process(self, items: list[Any]) -> list[Any]:
        self._lent = []
        given: dict[str, Any] = {**self._absent}
        for (port, read), item in zip(self._inputs, items, strict=True):
            if item is not None:
                given[port.parameter] = read(item)
        if any(given[name] is None for name in self._needed):
            return []
        options = self._contract.options_with(self._options, given)
        return [] if options is None else self._sent(self._work(**given, **options))

    def _sent(self, value: Any) -> list[Any]:
        count = len(self._contract.outputs)
        if self._contract.several and value is not None and not (isinstance(value, tuple) and len(value) == count):
            raise TypeError(f"it must return a tuple of {count} values")
        ports = zip(self._contract.outputs, self._contract.split(value), strict=True)
        return [None if payload is None else self._item(port, payload) for port, payload in ports]

    def _item(self, port: OutputPort, payload: Any) -> Any:
        """What JSON says of an output's payload."""
        problem = type_mismatch(port.type, payload)
        if problem:
            raise TypeError(f"it returned what is no {port.type}: {problem}")
        if port.type == "Image":
            return self._lend(_with_alpha(payload))
        if port.type in _ARRAYS:
            return self._lend(_numeric(payload))
        if port.type == "Tensors":
            return [self._lend(_numeric(one)) for one in payload]
        return _rows(payload) if port.type == "Detections" else payload

    def _lend(self, array: Any) -> tuple[int, str, tuple[int, ...]]:
        self._lent.append(array)
        return _address(array), array.dtype.name, array.shape

    def _guarded(self, work: Callable[[], Any]) -> str | None:
        try:
            work()
        except Exception as error:
            return _failure(error)
        return None


class Rooms:
    """The arrays in which inputs come, by their places; each is used again, unless somebody has kept it."""

    def __init__(self) -> None:
        self._arrays: list[Any] = []

    def __getitem__(self, place: int) -> Any:
        return self._arrays[place]

    def make(self, place: int, dtype: str, shape: tuple[int, ...]) -> Any:
        """An array that nobody else holds; what it holds is of no use."""
        while place >= len(self._arrays):
            self._arrays.append(None)
        if _references(self._arrays, place) != _ALONE or not _is_like(self._arrays[place], dtype, shape):
            self._arrays[place] = np.empty(shape, dtype)
        return self._arrays[place]

    def clear(self) -> None:
        self._arrays.clear()


def _is_like(array: Any, dtype: str, shape: tuple[int, ...]) -> bool:
    """Whether it is as a new one would be, whatever a calculator has done to it; None is not."""
    return array is not None and array.dtype == dtype and array.shape == shape and array.flags.writeable


def _references(held: Sequence[Any], place: int) -> int:
    return sys.getrefcount(held[place])


_ALONE = _references([object()], 0)
"""What is counted for something that only the list holds; it differs between versions of Python."""


def _address(array: Any) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


def _failure(error: Exception) -> str:
    """The error as JSON, its stack from the user's own code on."""
    frames = traceback.format_exception(type(error), error, _user_frames(error))
    message = "".join(traceback.format_exception_only(error)).strip().splitlines()[-1]
    return json.dumps({"message": message, "stack": "".join(frames)})


def _user_frames(error: BaseException) -> Any:
    frame = error.__traceback__
    while frame is not None and frame.tb_frame.f_code.co_filename == __file__:
        frame = frame.tb_next
    return frame


def _with_alpha(image: Any) -> Any:
    if image.shape[2] == 4:
        return np.ascontiguousarray(image)
    opaque = np.empty((*image.shape[:2], 4), np.uint8)
    opaque[..., :3] = image
    opaque[..., 3] = 255
    return opaque


def _numeric(array: Any) -> Any:
    """The array in one of the dtypes that the page's tensors have, in one piece."""
    kept = array.dtype in (np.float32, np.int32, np.uint8)
    # Not `ascontiguousarray`, which makes an array of one dimension out of one of none.
    return np.asarray(array if kept else array.astype(np.float32), order="C")


def _rows(detections: list[Detection]) -> list[Any]:
    """A row of numbers a detection; one of a class of the user's own stays as it is, with all that it has."""
    return [_row(one) if type(one) is Detection else one for one in detections]


def _row(one: Detection) -> list[Any]:
    box = one.box
    row = [one.label, one.score, box.xmin, box.ymin, box.width, box.height]
    for point in one.keypoints:
        row += (point.x, point.y)
    return row


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


def _detections(rows: list[list[Any]]) -> list[Detection]:
    return [_detection(*row) for row in rows]


def _detection(label: str, score: float, *numbers: float) -> Detection:
    """A detection out of its row: its box's four numbers, and two for each keypoint."""
    keypoints = [Keypoint(x, y) for x, y in zip(numbers[4::2], numbers[5::2], strict=True)]
    return Detection(label, score, Box(*numbers[:4]), keypoints)


def _as_it_is(item: Any) -> Any:
    return item


_ARRAYS = ("Image", "Mask", "Tensor", "Audio")
_READERS: dict[str, Callable[[Any], Any]] = {
    "Detections": _detections,
    "Classifications": lambda items: [Classification(**one) for one in items],
    "Landmarks": lambda items: [Landmark(**one) for one in items],
}
# Made once: json.loads and json.dumps do more for a text than it takes to read or write a short one.
_decode = json.JSONDecoder().raw_decode
_encode = json.JSONEncoder(default=_plain, allow_nan=False).encode
