"""A pool of protobuf messages for graph configs; needs the package `protobuf`, which the page does not have."""

from collections.abc import Mapping
from typing import Any, Final

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, struct_pb2

from pyweb_ml.graph.config import NodeConfig
from pyweb_ml.graph.proto import shapes
from pyweb_ml.graph.proto.shapes import Shape

_EXTENSIONS = 20_000
"""The first extension number of CalculatorOptions and MediaPipeOptions; ours count up from there."""
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS: Final[dict[Any, int]] = {
    str: _Field.TYPE_STRING, int: _Field.TYPE_INT32, float: _Field.TYPE_DOUBLE, bool: _Field.TYPE_BOOL,
    shapes.LONG: _Field.TYPE_INT64,
}  # fmt: skip


def make_pool(options: Mapping[str, Mapping[str, Shape]]) -> descriptor_pool.DescriptorPool:
    """The config's messages, and an options message for each shape in `options`, by its full name.

    Field numbers are ours, since only text and JSON are read and written, which know fields by name.
    """
    pool = descriptor_pool.DescriptorPool()
    for module in (any_pb2, struct_pb2):
        known = descriptor_pb2.FileDescriptorProto()
        module.DESCRIPTOR.CopyToProto(known)
        pool.Add(known)
    pool.Add(_framework_file())
    for index, (name, shape) in enumerate(options.items()):
        pool.Add(_options_file(index, name, shape))
    return pool


def _file(name: str, package: str, *imports: str) -> descriptor_pb2.FileDescriptorProto:
    own = [] if name == "framework" else ["pywebml/framework.proto"]
    imports = ("google/protobuf/any.proto", "google/protobuf/struct.proto", *own)
    return descriptor_pb2.FileDescriptorProto(
        name=f"pywebml/{name}.proto", package=package, syntax="proto2", dependency=imports
    )


def _framework_file() -> descriptor_pb2.FileDescriptorProto:
    file = _file("framework", "mediapipe")
    for name in (shapes.CALCULATOR_OPTIONS, shapes.MEDIAPIPE_OPTIONS):
        message = file.message_type.add(name=name.removeprefix("mediapipe."))
        message.extension_range.add(start=_EXTENSIONS, end=2**29)
    for config, name in shapes.NAMES.items():
        if config is not NodeConfig:
            _fill(file.message_type.add(name=name.removeprefix("mediapipe.")), shapes.config_shape(config), name)
    (graph,) = [one for one in file.message_type if one.name == "CalculatorGraphConfig"]
    name = shapes.NAMES[NodeConfig]
    _fill(graph.nested_type.add(name="Node"), shapes.config_shape(NodeConfig), name)
    return file


def _options_file(index: int, name: str, shape: Mapping[str, Shape]) -> descriptor_pb2.FileDescriptorProto:
    package, _, own = name.rpartition(".")
    file = _file(name, package)
    message = file.message_type.add(name=own)
    _fill(message, shape, name)
    of_calculator = own.endswith(("CalculatorOptions", "ContainerOptions"))
    extended = shapes.CALCULATOR_OPTIONS if of_calculator else shapes.MEDIAPIPE_OPTIONS
    message.extension.add(
        name="ext",
        number=_EXTENSIONS + index,
        extendee="." + extended,
        label=_Field.LABEL_OPTIONAL,
        type=_Field.TYPE_MESSAGE,
        type_name="." + name,
    )
    return file


def _fill(message: descriptor_pb2.DescriptorProto, shape: Mapping[str, Shape], full_name: str) -> None:
    for number, (name, kind) in enumerate(shape.items(), 1):
        several = isinstance(kind, list)
        field = message.field.add(name=name, number=number)
        field.label = _Field.LABEL_REPEATED if several else _Field.LABEL_OPTIONAL
        _set_type(message, field, kind[0] if several else kind, full_name)


def _set_type(message: descriptor_pb2.DescriptorProto, field: Any, kind: Shape, full_name: str) -> None:
    if kind in (str, int, float, bool, shapes.LONG):
        field.type = _SCALARS[kind]
        return
    field.type = _Field.TYPE_ENUM if isinstance(kind, tuple) else _Field.TYPE_MESSAGE
    if isinstance(kind, str) or kind is dict:
        field.type_name = "." + (kind if isinstance(kind, str) else "google.protobuf.Struct")
        return
    # A message of its own for every enum, since protobuf allows a value's name but once beside its enum.
    own = "".join(part.capitalize() for part in field.name.split("_"))
    inner = message.nested_type.add(name=own)
    field.type_name = f".{full_name}.{own}" + (".Value" if isinstance(kind, tuple) else "")
    if isinstance(kind, tuple):
        values = inner.enum_type.add(name="Value")
        for number, value in enumerate(kind):
            values.value.add(name=value, number=number)
    else:
        _fill(inner, kind, f"{full_name}.{own}")
