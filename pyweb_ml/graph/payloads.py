"""What a packet may hold: the payload types of streams, by the names that a user annotates with.

For a type checker these are the payloads themselves (numpy arrays, lists, dataclasses), so that the body of
a calculator checks; while a pipeline is traced, the same annotations name the types of the streams.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, NamedTuple, TypeAlias, get_args, get_origin

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class StreamType:
    """The type of a stream, as data that rides on an annotation."""

    name: str


@dataclass
class Box:
    """A rectangle, relative to the image: 0..1 from its left and top edges."""

    xmin: float
    ymin: float
    width: float
    height: float


@dataclass
class Keypoint:
    """A point, relative to the image: 0..1 from its left and top edges."""

    x: float
    y: float


@dataclass
class Detection:
    """Something that was found: what (``label``), how surely (``score``, 0..1) and where."""

    label: str
    score: float
    box: Box
    keypoints: list[Keypoint] = field(default_factory=list)


@dataclass
class Classification:
    """A class (``index``) with its score, mostly 0..1; ``label`` is "" where the class has no name."""

    index: int
    score: float
    label: str = ""


@dataclass
class Landmark:
    """A point with depth; ``visibility`` and ``presence`` are probabilities, 0..1."""

    x: float
    y: float
    z: float = 0.0
    visibility: float = 1.0
    presence: float = 1.0


class SizeOf(NamedTuple):
    """The size of an image in pixels."""

    width: int
    height: int


class Padding(NamedTuple):
    """The share of the model's input that letterboxing padded, at each side, 0..1."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Color:
    """A colour, 0..255 a channel."""

    r: int
    g: int
    b: int


@dataclass
class Stroke:
    """A line of round ends through points; a single point is a dot.

    Attributes:
        points: (x, y) in pixels, the centre of the top left pixel being (0.5, 0.5).
        thickness: diameter of the pen in pixels.
    """

    points: list[tuple[float, float]]
    thickness: float
    color: Color


@dataclass
class Annotation:
    """Something to draw over an image, in coordinates relative to the image, 0..1.

    Attributes:
        kind: "rectangle" (points: two opposite corners), "point" (one point) or "text" (one point, the
            text's lower left corner).
        thickness: of the pen, in pixels of an image whose longer side is 640; it grows with the image.
    """

    kind: str
    points: list[tuple[float, float]]
    color: Color
    thickness: float
    text: str = ""


Image: TypeAlias = Annotated[NDArray[np.uint8], StreamType("Image")]
"""uint8 (height, width, 3 or 4), RGB or RGBA, 0..255. What a graph is fed is RGBA."""
Mask: TypeAlias = Annotated[NDArray[np.float32], StreamType("Mask")]
"""float32 (height, width), 0..1."""
Tensor: TypeAlias = Annotated[NDArray[Any], StreamType("Tensor")]
"""A numpy array of any shape."""
Tensors: TypeAlias = Annotated[list[Tensor], StreamType("Tensors")]
"""A list of arrays: what a model takes and gives."""
Detections: TypeAlias = Annotated[list[Detection], StreamType("Detections")]
Classifications: TypeAlias = Annotated[list[Classification], StreamType("Classifications")]
Landmarks: TypeAlias = Annotated[list[Landmark], StreamType("Landmarks")]
Audio: TypeAlias = Annotated[NDArray[np.float32], StreamType("Audio")]
"""float32 (samples, channels), -1..1, at the rate that the pipeline asks for (see `pyweb_ml.graph.audio`)."""
Text: TypeAlias = Annotated[str, StreamType("Text")]
Number: TypeAlias = Annotated[float, StreamType("Number")]
Boolean: TypeAlias = Annotated[bool, StreamType("Boolean")]
Size: TypeAlias = Annotated[SizeOf, StreamType("Size")]
LetterboxPadding: TypeAlias = Annotated[Padding, StreamType("LetterboxPadding")]
Matrix: TypeAlias = Annotated[list[float], StreamType("Matrix")]
"""16 floats, a 4x4 matrix by rows: takes relative coordinates of a tensor to those of its image."""
Anchors: TypeAlias = Annotated[NDArray[np.float32], StreamType("Anchors")]
"""float32 (boxes, 4): centre x, centre y, width, height, relative to the model's input."""
RenderData: TypeAlias = Annotated[list[Annotation], StreamType("RenderData")]

Outputs: TypeAlias = dict[str, Any]
"""Several outputs by name: what a pipeline returns where one is not enough."""

PUBLIC: dict[str, Any] = {
    "Image": Image,
    "Mask": Mask,
    "Tensor": Tensor,
    "Tensors": Tensors,
    "Detections": Detections,
    "Classifications": Classifications,
    "Landmarks": Landmarks,
    "Audio": Audio,
    "Text": Text,
    "Number": Number,
    "Boolean": Boolean,
}
"""The stream types that a user's own calculators may take and give."""

_LISTS: dict[Any, str] = {
    Detection: "Detections",
    Classification: "Classifications",
    Landmark: "Landmarks",
    Annotation: "RenderData",
}
_PLAIN: dict[Any, str] = {str: "Text", float: "Number", int: "Number", bool: "Boolean"}


def stream_type(annotation: object) -> str | None:
    """The name of the stream type that an annotation stands for; None where it stands for none."""
    if get_origin(annotation) is Annotated:
        named = [extra.name for extra in get_args(annotation)[1:] if isinstance(extra, StreamType)]
        return named[0] if named else None
    if get_origin(annotation) is list:
        (item,) = get_args(annotation)
        return "Tensors" if stream_type(item) == "Tensor" else _LISTS.get(item)
    return _PLAIN.get(annotation) if isinstance(annotation, type) else None


class ImageTensors(list[Tensor]):
    """The tensors made from an image, and how they lie on it.

    Attributes:
        matrix: takes relative coordinates of the tensor to relative coordinates of the image.
        letterbox_padding: how much of the tensor is padding.
    """

    def __init__(self, tensors: list[Tensor], matrix: Matrix, letterbox_padding: LetterboxPadding) -> None:
        super().__init__(tensors)
        self.matrix = matrix
        self.letterbox_padding = letterbox_padding


def type_mismatch(name: str, value: object) -> str | None:
    """What is wrong with `value` as a payload of the stream type `name`; None if nothing is."""
    return next(_problems(name, value), None)


def _problems(name: str, value: object) -> Iterator[str]:
    if name in ("Image", "Mask", "Audio"):
        yield from _array_problems(name, value)
    elif name == "Tensor" and not isinstance(value, np.ndarray):
        yield f"a Tensor is a numpy array, not {_kind(value)}"
    elif name in _ITEMS:
        yield from _list_problems(name, value)
    elif name == "Text" and not isinstance(value, str):
        yield f"a Text is a str, not {_kind(value)}"
    elif name == "Number" and not isinstance(value, int | float | np.number):
        yield f"a Number is a float, not {_kind(value)}"
    elif name == "Boolean" and not isinstance(value, bool | np.bool_):
        yield f"a Boolean is a bool, not {_kind(value)}"


_ITEMS: dict[str, type] = {
    "Tensors": np.ndarray,
    "Detections": Detection,
    "Classifications": Classification,
    "Landmarks": Landmark,
}


def _list_problems(name: str, value: object) -> Iterator[str]:
    item = _ITEMS[name].__name__
    if not isinstance(value, list):
        yield f"{name} is a list of {item}, not {_kind(value)}"
        return
    for index, entry in enumerate(value):
        if not isinstance(entry, _ITEMS[name]):
            yield f"{name} is a list of {item}; its item {index} is {_kind(entry)}"


def _array_problems(name: str, value: object) -> Iterator[str]:
    want = _ARRAYS[name]
    article = "a" if name == "Mask" else "an"
    if not isinstance(value, np.ndarray):
        yield f"{article} {name} is a numpy array, {want}, not {_kind(value)}"
        return
    is_image = value.dtype == np.uint8 and value.ndim == 3 and value.shape[2] in (3, 4)
    is_floats = value.dtype == np.float32 and value.ndim == 2
    if not (is_image if name == "Image" else is_floats) or 0 in value.shape:
        yield f"{article} {name} is {want}, not {value.dtype} {value.shape}"


_ARRAYS = {
    "Image": "uint8 (height, width, 3 or 4)",
    "Mask": "float32 (height, width)",
    "Audio": "float32 (samples, channels)",
}


def _kind(value: object) -> str:
    return "None" if value is None else f"a value of type '{type(value).__name__}'"
