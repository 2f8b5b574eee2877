"""ONNX's protobuf messages, as far as they are read: by the field numbers of its public schema.

What is not here (documentation, training, quantisation notes) is skipped as any unknown field.
"""

from typing import Any, Final

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS: Final = {
    "bytes": _Field.TYPE_BYTES,
    "double": _Field.TYPE_DOUBLE,
    "float": _Field.TYPE_FLOAT,
    "int32": _Field.TYPE_INT32,
    "int64": _Field.TYPE_INT64,
    "string": _Field.TYPE_STRING,
    "uint64": _Field.TYPE_UINT64,
}
# Of each message: the field's number, name and type; "*" stands before a repeated one.
_MESSAGES: Final[dict[str, tuple[tuple[int, str, str], ...]]] = {
    "ModelProto": (
        (1, "ir_version", "int64"),
        (2, "producer_name", "string"),
        (7, "graph", "GraphProto"),
        (8, "opset_import", "*OperatorSetIdProto"),
        (25, "functions", "*FunctionProto"),
    ),
    "OperatorSetIdProto": ((1, "domain", "string"), (2, "version", "int64")),
    "FunctionProto": ((1, "name", "string"), (10, "domain", "string")),
    "GraphProto": (
        (1, "node", "*NodeProto"),
        (2, "name", "string"),
        (5, "initializer", "*TensorProto"),
        (11, "input", "*ValueInfoProto"),
        (12, "output", "*ValueInfoProto"),
        (13, "value_info", "*ValueInfoProto"),
        (15, "sparse_initializer", "*SparseTensorProto"),
    ),
    "NodeProto": (
        (1, "input", "*string"),
        (2, "output", "*string"),
        (3, "name", "string"),
        (4, "op_type", "string"),
        (5, "attribute", "*AttributeProto"),
        (7, "domain", "string"),
    ),
    "AttributeProto": (
        (1, "name", "string"),
        (2, "f", "float"),
        (3, "i", "int64"),
        (4, "s", "bytes"),
        (5, "t", "TensorProto"),
        (6, "g", "GraphProto"),
        (7, "floats", "*float"),
        (8, "ints", "*int64"),
        (9, "strings", "*bytes"),
        (20, "type", "int32"),
    ),
    "TensorProto": (
        (1, "dims", "*int64"),
        (2, "data_type", "int32"),
        (4, "float_data", "*float"),
        (5, "int32_data", "*int32"),
        (6, "string_data", "*bytes"),
        (7, "int64_data", "*int64"),
        (8, "name", "string"),
        (9, "raw_data", "bytes"),
        (10, "double_data", "*double"),
        (11, "uint64_data", "*uint64"),
        (13, "external_data", "*StringStringEntryProto"),
        (14, "data_location", "int32"),
    ),
    "SparseTensorProto": ((1, "values", "TensorProto"),),
    "StringStringEntryProto": ((1, "key", "string"), (2, "value", "string")),
    "ValueInfoProto": ((1, "name", "string"), (2, "type", "TypeProto")),
    "TypeProto": ((1, "tensor_type", "TypeProtoTensor"),),
    "TypeProtoTensor": ((1, "elem_type", "int32"), (2, "shape", "TensorShapeProto")),
    "TensorShapeProto": ((1, "dim", "*Dimension"),),
    "Dimension": ((1, "dim_value", "int64"), (2, "dim_param", "string")),
}


def _model_class() -> Any:
    pool = descriptor_pool.DescriptorPool()
    file = descriptor_pb2.FileDescriptorProto(name="onnx.proto", package="onnx", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, field, kind in fields:
            _add_field(message, number, field, kind)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("onnx.ModelProto"))


def _add_field(message: descriptor_pb2.DescriptorProto, number: int, name: str, kind: str) -> None:
    field = message.field.add(name=name, number=number)
    field.label = _Field.LABEL_REPEATED if kind[0] == "*" else _Field.LABEL_OPTIONAL
    scalar = _SCALARS.get(kind.lstrip("*"))
    field.type = scalar or _Field.TYPE_MESSAGE
    if scalar is None:
        field.type_name = ".onnx." + kind.lstrip("*")


ModelProto: Final[Any] = _model_class()
"""ONNX's root message."""
