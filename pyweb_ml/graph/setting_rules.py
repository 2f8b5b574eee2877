"""Rules of what is set rather than connected: input policies, executors, numbers and options."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from difflib import get_close_matches
from typing import Any, Final

from pyweb_ml.graph.config import GraphConfig, HandlerConfig, NodeConfig, split_entries
from pyweb_ml.graph.contract import Contract, OptionField, option_problem
from pyweb_ml.graph.name_rules import node_names, split_tag_index
from pyweb_ml.graph.proto.shapes import FRAMEWORK, PARTS, Shape

_POLICIES = ("Default", "Immediate", "SyncSet", "FixedSize", "EarlyClose", "Barrier", "Mux", "TimestampAlign")
INPUT_STREAM_HANDLERS: Final = tuple(f"{name}InputStreamHandler" for name in _POLICIES)
OUTPUT_STREAM_HANDLER: Final = "InOrderOutputStreamHandler"
"""The one that there is: what a node emits leaves it in the order of its calls."""
EXECUTORS: Final = ("ThreadPoolExecutor", "ApplicationThreadExecutor")
RESERVED: Final = ("default", "gpu")
"""Names of executors that a config may not use."""


def setting_problems(config: GraphConfig, contracts: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with the settings of a config."""
    yield from _executor_problems(config)
    yield from _number_problems("the graph", config, {"num_threads": 0, "max_queue_size": -1})
    yield from _handler_problems("the graph", config.input_stream_handler)
    yield from _output_problems("the graph", config.output_stream_handler)
    for field in ("profiler_config", "runtime_info"):
        yield from _shape_problems(f"the graph, {field},", PARTS[field], getattr(config, field))
    executors = {one.name for one in config.executor}
    for name, node in zip(node_names(config), config.node, strict=True):
        where = f"the node '{name}'"
        yield from _number_problems(where, node, {"max_in_flight": 0, "buffer_size_hint": 0})
        yield from _handler_problems(where, node.input_stream_handler)
        yield from _output_problems(where, node.output_stream_handler)
        yield from _batch_problems(where, node, node.input_stream_handler or config.input_stream_handler)
        yield from _port_list_problems(where, node)
        if node.executor and node.executor not in executors:
            yield f"{where} has the executor '{node.executor}', which the graph does not declare"
        yield from _option_problems(where, node, contracts.get(node.calculator))


def _executor_problems(config: GraphConfig) -> Iterator[str]:
    for name, count in Counter(one.name for one in config.executor).items():
        if count > 1:
            yield f"the graph has {count} executors " + (
                f"'{name}'" if name else "without a name; one is the default"
            )
        if name in RESERVED:
            yield f"the graph has an executor '{name}', a name that is reserved; choose another"
    for one in config.executor:
        if one.type and one.type not in EXECUTORS:
            yield f"the executor '{one.name}' is a '{one.type}', which is not known; there are {_told(EXECUTORS)}"
        elif one.type == "ThreadPoolExecutor":
            yield from _pool_problems(f"the executor '{one.name}'", one.options)
    if config.num_threads and any(not one.name for one in config.executor):
        yield "the graph gives num_threads and a default executor too; give one of them"


def _pool_problems(where: str, options: Mapping[str, Any]) -> Iterator[str]:
    yield from _shape_problems(where, FRAMEWORK["mediapipe.ThreadPoolExecutorOptions"], options)
    count = options.get("num_threads", 0)
    if not isinstance(count, int) or count < 1:
        yield f"{where} is a ThreadPoolExecutor, so it needs its option 'num_threads', 1 or more"


def _number_problems(where: str, part: Any, least: Mapping[str, int]) -> Iterator[str]:
    for field, lowest in least.items():
        if getattr(part, field) < lowest:
            yield f"{where} has {field} {getattr(part, field)}; it must be {lowest} or more"


def _handler_problems(where: str, handler: HandlerConfig | None) -> Iterator[str]:
    name = handler.input_stream_handler if handler else ""
    if name and name not in INPUT_STREAM_HANDLERS:
        hint = _hint(name, INPUT_STREAM_HANDLERS)
        yield f"{where} has the input_stream_handler '{name}', which is not known; {hint}"
    elif handler and handler.options:
        type = f"mediapipe.{name or 'DefaultInputStreamHandler'}Options"
        if handler.options_type not in ("", type):
            yield f"{where} has the handler options '{handler.options_type}'; a '{name}' takes '{type}'"
        else:
            yield from _shape_problems(f"{where}, input_stream_handler", FRAMEWORK.get(type, {}), handler.options)


def _output_problems(where: str, handler: Mapping[str, Any]) -> Iterator[str]:
    name = handler.get("output_stream_handler", OUTPUT_STREAM_HANDLER)
    if name != OUTPUT_STREAM_HANDLER:
        wrong = f"{where} has the output_stream_handler {name!r}, which is not known"
        yield f"{wrong}; there is {OUTPUT_STREAM_HANDLER}"


def _batch_problems(where: str, node: NodeConfig, handler: HandlerConfig | None) -> Iterator[str]:
    """As mediapipe/framework/input_stream_handler.cc, which ends the process where both are given."""
    batch = handler.options.get("batch_size", 1) if handler else 1
    if isinstance(batch, int) and batch < 1:
        yield f"{where} has a batch_size of {batch}; it must be 1 or more"
    if batch != 1 and node.max_in_flight > 1:
        both = f"{where} has both a batch_size and max_in_flight {node.max_in_flight}"
        yield f"{both}; MediaPipe cannot have both, give one"


def _port_list_problems(where: str, node: NodeConfig) -> Iterator[str]:
    """Inputs that the options of the node's input policy name, and the node does not have."""
    options = node.input_stream_handler.options if node.input_stream_handler else {}
    sets = [one for one in options.get("sync_set", []) if isinstance(one, dict)]
    named = [port for one in sets for port in one.get("tag_index", [])]
    named += [options["timestamp_base_tag_index"]] if "timestamp_base_tag_index" in options else []
    ports = {(tag, index) for tag, index, _ in split_entries(node.input_stream)}
    for port, count in Counter(map(str, named)).items():
        if split_tag_index(port) not in ports:
            yield f"{where} has '{port}' in its input_stream_handler, which is none of its inputs"
        if count > 1:
            yield f"{where} has '{port}' in {count} sync sets; an input is in one"


def _option_problems(where: str, node: NodeConfig, contract: Any) -> Iterator[str]:
    shape = FRAMEWORK.get(f"mediapipe.{node.calculator}Options")
    if isinstance(contract, Contract):
        stated = node.options.get("options", {}) if contract.python else node.options
        if node.options and node.options_type not in ("", contract.options_type):
            yield f"{where} has the options '{node.options_type}'; it takes '{contract.options_type}'"
        else:
            set_by_streams = {contract.set_by(tag) for tag, _, _ in split_entries(node.input_stream)}
            yield from _contract_problems(where, contract.options, stated, set_by_streams)
    elif shape is not None:
        yield from _shape_problems(where, shape, node.options)


def _contract_problems(
    where: str, known: Mapping[str, OptionField], stated: Mapping[str, Any], set_by_streams: Set[str | None]
) -> Iterator[str]:
    fields = {"model_path" if name == "model" else name: option for name, option in known.items()}
    for name, value in stated.items():
        if name not in fields:
            yield f"{where} has no option '{name}'; {_hint(name, fields)}"
        elif name != "model_path" and (problem := _value_problem(fields[name], value)):
            yield f"{where} has the option '{name}' {value!r}; it must be {problem}"
    for name, option in fields.items():
        if option.required and name not in stated and name not in set_by_streams:
            yield f"{where} needs its option '{name}'"


def _value_problem(option: OptionField, value: Any) -> str | None:
    try:
        return option_problem(option.annotation, option.decode(value))
    except KeyError as error:
        return f"an object with the field {error}"


def _shape_problems(where: str, shape: Mapping[str, Shape], stated: Mapping[str, Any]) -> Iterator[str]:
    for name, value in stated.items():
        if name not in shape:
            yield f"{where} has no option '{name}'; {_hint(name, shape)}"
        elif problem := _mismatch(shape[name], value):
            yield f"{where} has the option '{name}' {value!r}; it must be {problem}"


def _mismatch(shape: Shape, value: Any) -> str | None:
    """What a value of a shape of `pyweb_ml.graph.proto` should be, where it is not."""
    if isinstance(shape, list):
        return None if isinstance(value, list) and not any(_mismatch(shape[0], one) for one in value) else "a list"
    if isinstance(shape, Mapping):
        fits = isinstance(value, Mapping) and not list(_shape_problems("", shape, value))
        return None if fits else f"an object with the fields {_told(shape)}"
    if isinstance(shape, tuple):
        return None if value in shape else f"one of {_told(shape)}"
    kinds: dict[Any, Any] = {str: str, int: int, float: int | float, bool: bool, "int64": int}
    wanted = kinds.get(shape, dict)
    fits = isinstance(value, wanted) and (wanted in (bool, dict) or not isinstance(value, bool))
    return None if fits else _KINDS.get(wanted, "a number")


_KINDS: Final[dict[Any, str]] = {
    int: "a whole number", str: "a string", bool: "true or false", dict: "an object"
}  # fmt: skip


def _hint(given: str, known: Any) -> str:
    close = get_close_matches(given, list(known), 1)
    return f"did you mean '{close[0]}'?" if close else f"there are {_told(known) or 'none'}"


def _told(names: Any) -> str:
    return ", ".join(names)
