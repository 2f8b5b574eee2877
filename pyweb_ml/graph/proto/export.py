"""The shapes of the messages for the page's runtime, which reads configs by the same table.

`python -m pyweb_ml.graph.proto.export` writes `static/src/graph/proto/shapes.json`. There a shape is "string",
"int32", "int64", "double", "bool", "struct", an enum's values with "|" between them, a message's full name, an
object of field names and shapes (a message of its own), or a list of one shape (repeated).
"""

import json
from pathlib import Path
from typing import Any, Final

from pyweb_ml.graph.proto.shapes import FRAMEWORK, LONG, NAMES, Shape, config_shape

TARGET: Final = Path(__file__).resolve().parents[3] / "static/src/graph/proto/shapes.json"
_SCALARS: Final[dict[Any, str]] = {
    str: "string", int: "int32", LONG: "int64", float: "double", bool: "bool", dict: "struct"
}  # fmt: skip


def shapes_json() -> str:
    """The messages of configs, and the options of what needs no contract, by full name: one a line."""
    messages = {name: config_shape(config) for config, name in NAMES.items()} | FRAMEWORK
    lines = [f"{json.dumps(name)}: {json.dumps(_encoded(shape))}" for name, shape in messages.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _encoded(shape: Shape) -> Any:
    if isinstance(shape, dict):
        return {name: _encoded(one) for name, one in shape.items()}
    if isinstance(shape, list):
        return [_encoded(shape[0])]
    return "|".join(shape) if isinstance(shape, tuple) else _SCALARS.get(shape, shape)


if __name__ == "__main__":
    TARGET.write_text(shapes_json(), encoding="utf-8")
