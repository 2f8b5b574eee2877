"""ONNX models, read without the package onnx."""

from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError

from pyweb_ml.converter.model import Model, Signature
from pyweb_ml.converter.passes.layout import cancel_transposes
from pyweb_ml.converter.passes.remove_dead import remove_dead
from pyweb_ml.converter.readers.onnx.gelu import fuse_gelu
from pyweb_ml.converter.readers.onnx.graph import GraphReader
from pyweb_ml.converter.readers.onnx.proto import ModelProto
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.where import where
from pyweb_ml.errors import ConversionError

OPSETS = (7, 25)
"""The first and the last version of ONNX's operators whose meaning is known here."""
MAX_BYTES = 2**31 - 1
"""The largest file: protobuf has no larger messages."""
_DEFAULT_OPTIONS = ReadOptions()


def read_onnx(path: Path, options: ReadOptions = _DEFAULT_OPTIONS) -> Model:
    """Reads an ONNX model.

    Args:
        path: the file; tensors that it keeps outside lie beside it.
        options: shapes for inputs that leave one open, in ONNX's own order of axes.

    Returns:
        A model whose inputs and outputs have ONNX's names and order of axes. float16, bfloat16 and float64 are
        float32 in it. Inside, pictures are (batch, height, width, channels), with as few transposes as were found.

    Raises:
        ConversionError: the file is damaged, has an open shape, or an operator that is not known; with the node.
    """
    with where(f"'{path.name}'"):
        proto = _parse(path)
        fuse_gelu(proto.graph, path.parent)
        opset = _opset(proto)
        reader = GraphReader(path.parent, opset, options)
        inputs, outputs = reader.read(proto.graph)
        graph = reader.builder.build(list(outputs.values()))
    model = Model([graph], [Signature(inputs, outputs)], description=f"{path.stem}, read from ONNX")
    return cancel_transposes(remove_dead(model))


def _parse(path: Path) -> Any:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConversionError(f"it is larger than {MAX_BYTES} bytes, more than ONNX's format allows")
        proto = ModelProto.FromString(path.read_bytes())
    except OSError as error:
        raise ConversionError(f"it cannot be read ({error.strerror})") from error
    except DecodeError as error:
        raise ConversionError(
            "it is truncated, damaged or no ONNX file: its protobuf message has no end"
        ) from error
    if not proto.graph.node and not proto.graph.output:
        raise ConversionError("it is no ONNX model: it has no graph")
    return proto


def _opset(proto: Any) -> int:
    (version,) = [one.version for one in proto.opset_import if one.domain in ("", "ai.onnx")] or [0]
    first, last = OPSETS
    if not first <= version <= last:
        raise ConversionError(
            f"it uses version {version} of ONNX's operators; from {first} to {last} can be read: "
            "export it again, or bring it there with onnx.version_converter"
        )
    return int(version)
