"""Graph configs as MediaPipe's text (`.pbtxt`), both ways; needs the package `protobuf`, which the page has not.

Options are read as `node_options { [type.googleapis.com/mediapipe.NameOptions] { … } }` and in the older form
`options { [mediapipe.NameOptions.ext] { … } }`; they are written in the first.
"""

import functools
from typing import Any

from google.protobuf import json_format, message_factory, text_format
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import SIZE_LIMIT, GraphConfig, from_json, to_json
from pyweb_ml.graph.contract import REGISTRY
from pyweb_ml.graph.proto import shapes
from pyweb_ml.graph.proto.messages import make_pool
from pyweb_ml.graph.text_place import Outline, reworded


def from_text(text: str | bytes) -> GraphConfig:
    """The config that a text states.

    Raises:
        ConfigError: the text is longer than `SIZE_LIMIT`, nested more than 64 levels deep, no protobuf text, or
            has a field, an option or a value that is not known; it says at which line, in which node and field.
    """
    outline = Outline(_decoded(text))
    outline.require_sound()
    pool = _pool(len(REGISTRY))
    message = _new_graph(pool)
    try:
        text_format.Parse(outline.text, message, descriptor_pool=pool)
        fields = json_format.MessageToDict(message, preserving_proto_field_name=True, descriptor_pool=pool)
    except text_format.ParseError as error:
        reason = reworded(error, pool)
        at = (error.GetLine(), error.GetColumn()) if error.GetLine() else outline.find(reason.split("'")[1])
        raise ConfigError(outline.place(*at) + reason) from error
    except (TypeError, ValueError, OverflowError, json_format.Error, DecodeError) as error:
        reason = reworded(error, pool)
        named = reason.split("'")[1:2]
        where = outline.place(*outline.find(named[0])) if named else "the graph cannot be read: "
        raise ConfigError(where + reason) from error
    return _from_fields(outline, fields)


def _decoded(text: str | bytes) -> str:
    if len(text) > SIZE_LIMIT:
        raise ConfigError(f"the graph is {len(text)} characters long; the limit is {SIZE_LIMIT}")
    try:
        return text if isinstance(text, str) else text.decode()
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"line {line}: the graph is no text in UTF-8 ({error.reason})") from error


def _from_fields(outline: Outline, fields: dict[str, Any]) -> GraphConfig:
    for index, node in enumerate(fields.get("node", [])):
        if not node.get("calculator") or len(node.get("node_options", [])) > 1:
            wrong = (
                "more than one 'node_options'; give one" if node.get("calculator") else "no 'calculator'; name it"
            )
            line = outline.line(outline.nodes[index])
            raise ConfigError(f"line {line}: node {index} ('{node.get('name', '')}') has {wrong}")
    config = from_json(_whole_numbers(fields))
    config.options = _with_longs(config.options_type, config.options)
    for node in config.node:
        node.options = _with_longs(node.options_type, node.options)
    return config


def _whole_numbers(value: Any) -> Any:
    """The value with 2.0 as 2, which is what JSON has, and what a calculator that takes an int needs."""
    if isinstance(value, dict):
        return {key: _whole_numbers(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_whole_numbers(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _with_longs(type: str, options: dict[str, Any]) -> dict[str, Any]:
    long = {name for name, shape in shapes.FRAMEWORK.get(type, {}).items() if shape == shapes.LONG}
    return {name: int(value) if name in long else value for name, value in options.items()}


def to_text(config: GraphConfig) -> str:
    """The config as text, which `from_text` reads.

    Raises:
        ConfigError: an option, or the type of the options, is not known, or a value does not fit.
    """
    pool = _pool(len(REGISTRY))
    message = _new_graph(pool)
    for index, node in enumerate(config.node):
        if node.options and not node.options_type:
            raise ConfigError(f"node {index} ('{node.name}') has options without a type; give them an '@type'")
    try:
        json_format.ParseDict(to_json(config), message, descriptor_pool=pool)
    except json_format.ParseError as error:
        raise ConfigError(f"the graph cannot be written as text: {error}") from error
    text: str = text_format.MessageToString(message, as_utf8=True, descriptor_pool=pool)
    return text


def _new_graph(pool: DescriptorPool) -> Any:
    name = shapes.NAMES[GraphConfig]
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))()


@functools.cache
def _pool(registered: int) -> DescriptorPool:
    """The messages, made again whenever a calculator has been registered since."""
    own = {one.options_type: shapes.options_shape(one.options) for one in REGISTRY.values()}
    options = {type: {**shape, **shapes.PLACEMENT.get(type, {})} for type, shape in own.items()}
    pool = make_pool({**options, **shapes.FRAMEWORK})
    for name in (*options, *shapes.FRAMEWORK):
        message_factory.GetMessageClass(pool.FindMessageTypeByName(name))  # so that its extension is known
    return pool
