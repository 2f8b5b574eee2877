"""The graph as data: MediaPipe's `CalculatorGraphConfig`, in protobuf's JSON form with proto field names.

The dataclasses are the one table of the config's fields: JSON here and text in `pyweb_ml.graph.pbtxt` are both
read off them. As in proto3, a number 0, an empty string and a flag False mean "not given". Source of the fields:
mediapipe/framework/calculator.proto and stream_handler.proto.
"""

import dataclasses
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

from pyweb_ml.errors import ConfigError

TYPE_URL = "type.googleapis.com/"
SIZE_LIMIT: Final = 4 * 1024 * 1024
"""The longest config that is read, in characters (UTF-8 bytes for protobuf's text)."""

T = TypeVar("T")


@dataclass
class HandlerConfig:
    """Which input policy a node, or the whole graph, has; the options are those of the policy."""

    input_stream_handler: str = ""
    options_type: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class ExecutorConfig:
    """A pool of threads; `name` "" is the graph's default one."""

    name: str = ""
    type: str = ""
    options_type: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass
class InputStreamInfo:
    """More about one input; `tag_index` is "TAG", "TAG:1", ":2" or "" (which is ":0")."""

    tag_index: str = ""
    back_edge: bool = False


@dataclass
class NodeConfig:
    """One calculator and its edges; `input_stream` entries are "TAG:name", "TAG:index:name" or "name".

    Attributes:
        options: field values by MediaPipe's field names; kept as `node_options` with `options_type`.
        source_layer: sources of a lower layer run first.
        buffer_size_hint: packets that the node gathers before it emits.
        max_in_flight: how many invocations may run at once; 0: one.
        option_value: "field:options/graph_field" takes a field's value from the graph's options.
    """

    calculator: str = ""
    name: str = ""
    input_stream: list[str] = field(default_factory=list)
    output_stream: list[str] = field(default_factory=list)
    input_side_packet: list[str] = field(default_factory=list)
    output_side_packet: list[str] = field(default_factory=list)
    options_type: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    source_layer: int = 0
    buffer_size_hint: int = 0
    input_stream_handler: HandlerConfig | None = None
    input_stream_info: list[InputStreamInfo] = field(default_factory=list)
    output_stream_handler: dict[str, Any] = field(default_factory=dict)
    executor: str = ""
    max_in_flight: int = 0
    option_value: list[str] = field(default_factory=list)


@dataclass
class GraphConfig:
    """A whole graph: its nodes, and the streams that enter and leave it.

    Attributes:
        max_queue_size: packets that an input's queue holds before sources wait; 0: 100, -1: no limit.
        report_deadlock: a graph that is stuck on full queues fails, rather than have them grow.
        num_threads: of the default executor; 0: as many as the machine has processors.
        output_stream_handler, profiler_config, runtime_info: kept as they are stated, by MediaPipe's field names.
        type: what a node calls this graph where it is a subgraph.
        options: field values; kept as `graph_options` with `options_type`, for `option_value` of the nodes.
    """

    input_stream: list[str] = field(default_factory=list)
    output_stream: list[str] = field(default_factory=list)
    node: list[NodeConfig] = field(default_factory=list)
    input_side_packet: list[str] = field(default_factory=list)
    output_side_packet: list[str] = field(default_factory=list)
    max_queue_size: int = 0
    report_deadlock: bool = False
    num_threads: int = 0
    executor: list[ExecutorConfig] = field(default_factory=list)
    input_stream_handler: HandlerConfig | None = None
    output_stream_handler: dict[str, Any] = field(default_factory=dict)
    profiler_config: dict[str, Any] = field(default_factory=dict)
    runtime_info: dict[str, Any] = field(default_factory=dict)
    type: str = ""
    package: str = ""
    options_type: str = ""
    options: dict[str, Any] = field(default_factory=dict)


ANY_OPTIONS: Final[dict[Any, str]] = {NodeConfig: "node_options", GraphConfig: "graph_options"}
"""The field in which a message keeps options of any type; the others have extensions of `options` alone."""


def _kinds(config: Any) -> dict[str, tuple[Any, bool]]:
    hints = {name: hint for name, hint in get_type_hints(config).items() if not name.startswith("options")}
    return {name: (_kind(hint), get_origin(hint) is list) for name, hint in hints.items()}


def _kind(hint: Any) -> Any:
    """The class of a field's values, or of those in its list."""
    return dict if get_origin(hint) is dict else (get_args(hint) or (hint,))[0]


KINDS: Final[dict[Any, dict[str, tuple[Any, bool]]]] = {
    config: _kinds(config) for config in (GraphConfig, NodeConfig, ExecutorConfig, HandlerConfig, InputStreamInfo)
}
"""For each field of each config class, save options: the type of its values, and whether it is a list."""


def to_json(config: GraphConfig) -> dict[str, Any]:
    """The config as a JSON value; fields that hold nothing are left out."""
    always = {"input_stream": config.input_stream, "output_stream": config.output_stream, "node": []}
    return {**always, **_message_to_json(config)}


def _message_to_json(config: Any) -> dict[str, Any]:
    given = {name: _value_to_json(getattr(config, name)) for name in KINDS[type(config)] if getattr(config, name)}
    if not getattr(config, "options", None):
        return given
    if type(config) in ANY_OPTIONS:
        return {**given, ANY_OPTIONS[type(config)]: [{"@type": TYPE_URL + config.options_type, **config.options}]}
    return {**given, "options": _extension(config)}


def _value_to_json(value: Any) -> Any:
    if isinstance(value, list):
        return [_value_to_json(one) for one in value]
    return _message_to_json(value) if dataclasses.is_dataclass(value) else value


def _extension(config: Any) -> dict[str, Any]:
    return {f"[{config.options_type}.ext]": config.options} if config.options_type else config.options


def parse_json(text: str | bytes) -> GraphConfig:
    """The config that a JSON text states.

    Raises:
        ConfigError: the text is longer than `SIZE_LIMIT`, no JSON, or not of the form that `to_json` gives.
    """
    if len(text) > SIZE_LIMIT:
        raise ConfigError(f"the graph is {len(text)} characters long; the limit is {SIZE_LIMIT}")
    try:
        return from_json(json.loads(text))
    except json.JSONDecodeError as error:
        raise ConfigError(
            f"line {error.lineno}, column {error.colno}: the graph is no JSON: {error.msg}"
        ) from error
    except ValueError as error:
        raise ConfigError(f"the graph is no JSON in UTF-8: {error}") from error
    except RecursionError as error:
        raise ConfigError(
            "the graph is nested too deeply; MediaPipe's configs need fewer than 100 levels"
        ) from error


def from_json(value: Any) -> GraphConfig:
    """The config that a JSON value states.

    Raises:
        ConfigError: the value is not of the form that `to_json` gives; it names every place where it is not.
    """
    problems: list[str] = []
    config = _Reader(problems.append).message(GraphConfig, "the graph", value)
    if problems:
        raise ConfigError("\n".join(dict.fromkeys(problems)))
    return config


@dataclass(frozen=True)
class _Reader:
    """Reads JSON values; where one is wrong it says so to `refuse`, and goes on with an empty one."""

    refuse: Callable[[str], None]

    def message(self, config: type[T], where: str, value: Any) -> T:
        has_options = config is not InputStreamInfo
        places = {"options", ANY_OPTIONS.get(config, "options")} if has_options else set()
        fields = self._object(where, value, {*KINDS[config], *places})
        kinds = KINDS[config].items()
        given = {name: self._field(where, fields[name], name, *kind) for name, kind in kinds if name in fields}
        if config is NodeConfig and fields.get("calculator", "") == "":
            self.refuse(f"{where}: 'calculator' is missing; it names what the node is")
        return config(**given, **(self._options(config, where, fields) if has_options else {}))

    def _object(self, where: str, value: Any, known: set[str] | None = None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(f"{where} must be a JSON object")
            return {}
        for name in sorted(set(value) - known) if known is not None else ():
            told = ", ".join(sorted(known or ()))
            self.refuse(f"{where} has an unknown field '{name[:80]}'; known are {told}")
        return value

    def _options(self, config: type, where: str, fields: dict[str, Any]) -> dict[str, Any]:
        """As in MediaPipe, where there are both forms of options the older counts."""
        name = ANY_OPTIONS.get(config, "options")
        newer = self._any_options(where, name, fields[name]) if name != "options" and name in fields else {}
        older = self._extension(where, self._object(f"{where}, 'options'", fields.get("options", {})))
        types = {one["options_type"] for one in (newer, older) if one.get("options_type")}
        if len(types) > 1:
            self.refuse(f"{where}: 'options' and '{name}' have different types, {' and '.join(sorted(types))}")
        found = older or newer
        return found if found.get("options") else {}

    def _extension(self, where: str, options: dict[str, Any]) -> dict[str, Any]:
        names = [key for key in options if key.startswith("[")]
        if not names:
            return {"options": options} if options else {}
        if len(options) > 1 or not names[0].endswith(".ext]"):
            self.refuse(f"{where}: 'options' must be one extension, such as '[mediapipe.NameOptions.ext]'")
        inner = self._object(f"{where}, '{names[0]}'", options[names[0]])
        return {"options_type": names[0][1:-5], "options": inner}

    def _any_options(self, where: str, name: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, list) or len(value) > 1 or not all(isinstance(one, dict) for one in value):
            self.refuse(f"{where}: '{name}' must be a list of at most one object")
            return {}
        options = dict(value[0]) if value else {}
        type = self._one(f"{where}, '{name}': '@type'", where, options.pop("@type", ""), str)
        return {"options_type": type.rpartition("/")[2], "options": options}

    def _field(self, where: str, value: Any, name: str, kind: Any, several: bool) -> Any:
        if not several:
            return self._one(f"{where}: '{name}'", f"{where}, '{name}'", value, kind)
        if not isinstance(value, list) or (kind is str and not all(isinstance(one, str) for one in value)):
            self.refuse(f"{where}: '{name}' must be a list" + (" of strings" if kind is str else ""))
            return []
        outer = "" if where == "the graph" else f"{where}, "
        return [self._one("", f"{outer}{name} {index}", one, kind) for index, one in enumerate(value)]

    def _one(self, what: str, where: str, value: Any, kind: Any) -> Any:
        if kind not in _NAMES:
            return self.message(kind, where, value)
        if type(value) is kind and (kind is not int or -(2**31) <= value < 2**31):
            return value
        self.refuse(f"{what} must be {_NAMES[kind]}, not {_told(value)}")
        return kind()


_NAMES: Final[dict[Any, str]] = {
    str: "a string",
    int: "a whole number of 32 bits",
    bool: "true or false",
    dict: "a JSON object",
}


def _told(value: Any) -> str:
    """A wrong value, in short, as JSON and JavaScript name it."""
    if isinstance(value, dict | list):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, str):
        return f"'{value[:80]}'"
    return json.dumps(value)[:80] if value is None or isinstance(value, bool | int | float) else repr(value)[:80]


def split_name(entry: str) -> tuple[str, str]:
    """The tag ("" for none) and the stream's name of an entry such as "IMAGE:frame" or "frame"."""
    tag, _, name = entry.rpartition(":")
    return tag.partition(":")[0], name


def split_entries(entries: list[str]) -> list[tuple[str, int, str]]:
    """Tag, index and name of each entry; those without a tag are numbered by position, "TAG:name" has index 0."""
    untagged = itertools.count()
    return [_entry(entry.split(":"), untagged) for entry in entries]


def _entry(parts: list[str], untagged: Iterator[int]) -> tuple[str, int, str]:
    if len(parts) == 1:
        return "", next(untagged), parts[0]
    return parts[0], int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0, parts[-1]
