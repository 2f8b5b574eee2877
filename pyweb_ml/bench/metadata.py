"""TFLite's model metadata, which MediaPipe's tasks ask of a model: how its input is normalised.

Source: mediapipe/tasks/metadata/metadata_schema.fbs. The models of MediaPipe's older solutions come without.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path

from flatbuffers import Builder  # type: ignore[import-untyped]

from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite

NAME, IDENTIFIER = "TFLITE_METADATA", b"M001"
_NORMALIZATION_OPTIONS = 1
"""Its number in the union ProcessUnitOptions."""
_IMAGE_PROPERTIES = 2
"""Its number in the union ContentProperties."""
_RGB = 1
"""Its number in the enumeration ColorSpaceType."""


def with_metadata(tflite: Path, range_: tuple[float, float]) -> bytes:
    """The same model, with metadata that says of its input: an RGB picture, whose 0..255 become `range_`."""
    model = read_tflite(tflite)
    model.metadata[NAME] = metadata(range_, len(model.graph.outputs))
    with tempfile.TemporaryDirectory(prefix="pywebml-bench-") as folder:
        path = Path(folder) / "model.tflite"
        write_tflite(model, path)
        return path.read_bytes()


def metadata(range_: tuple[float, float], outputs: int) -> bytes:
    """A ModelMetadata of one picture and so many outputs, of which nothing is said."""
    builder = Builder(512)
    unit = _normalization(builder, range_)
    content = _content(builder)
    units = _vector(builder, [unit])
    picture = _table(builder, 7, {3: content, 4: units})
    inputs = _vector(builder, [picture])
    plain = _vector(builder, [_table(builder, 7, {}) for _ in range(outputs)])
    graphs = _vector(builder, [_table(builder, 8, {2: inputs, 3: plain})])
    builder.Finish(_table(builder, 8, {3: graphs}), IDENTIFIER)
    return bytes(builder.Output())


def _normalization(builder: Builder, range_: tuple[float, float]) -> int:
    """A ProcessUnit: (pixel - mean) / std."""
    low, high = range_
    scale = 255 / (high - low)
    mean, std = _floats(builder, -low * scale), _floats(builder, scale)
    options = _table(builder, 2, {0: mean, 1: std})
    return _union(builder, _NORMALIZATION_OPTIONS, options, 2)


def _content(builder: Builder) -> int:
    builder.StartObject(2)
    builder.PrependInt8Slot(0, _RGB, 0)
    return _union(builder, _IMAGE_PROPERTIES, builder.EndObject(), 3)


def _union(builder: Builder, kind: int, table: int, slots: int) -> int:
    """A table that begins with a union: its kind, then the table."""
    builder.StartObject(slots)
    builder.PrependUint8Slot(0, kind, 0)
    builder.PrependUOffsetTRelativeSlot(1, table, 0)
    return int(builder.EndObject())


def _table(builder: Builder, slots: int, references: dict[int, int]) -> int:
    builder.StartObject(slots)
    for slot, target in references.items():
        builder.PrependUOffsetTRelativeSlot(slot, target, 0)
    return int(builder.EndObject())


def _vector(builder: Builder, tables: list[int]) -> int:
    return _prepended(builder, tables, builder.PrependUOffsetTRelative)


def _floats(builder: Builder, value: float) -> int:
    return _prepended(builder, [value], builder.PrependFloat32)


def _prepended(builder: Builder, values: list[int] | list[float], put: Callable[[float], None]) -> int:
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        put(value)
    return int(builder.EndVector())
