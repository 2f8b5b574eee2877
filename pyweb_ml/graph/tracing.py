"""Tracing: running a pipeline's function once, on streams instead of payloads, to learn its graph."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.caller import here
from pyweb_ml.graph.config import GraphConfig, NodeConfig
from pyweb_ml.graph.contract import Contract, InputPort, OptionField, option_problem
from pyweb_ml.graph.stream import Stream, name_of, type_of, with_attributes

PYTHON_OPTIONS = "pywebml.PythonCalculatorOptions"
_current: ContextVar["Tracer | None"] = ContextVar("tracer", default=None)


@dataclass
class Tracer:
    """Collects the nodes that a pipeline's function calls for, in the order of the calls.

    Attributes:
        types: the stream type of every stream and side packet.
        models: every model that a node names, by the name that the config uses.
        contracts: the user's own calculators that are used, by name.
    """

    config: GraphConfig = field(default_factory=GraphConfig)
    types: dict[str, str] = field(default_factory=dict)
    models: dict[str, Model] = field(default_factory=dict)
    contracts: dict[str, Contract] = field(default_factory=dict)
    _names: Counter[str] = field(default_factory=Counter)

    def graph_input(self, name: str, type: str) -> Stream:
        self.config.input_stream.append(name)
        self._names[name] += 1
        return self._stream(name, type)

    def call(self, contract: Contract, name: str, given: Mapping[str, Any], made: Mapping[str, Any]) -> Any:
        """Adds a node for a call; gives the stream (or streams) that the call returns.

        Args:
            name: the snake_case name that the user called.
            given: the call's arguments by parameter name.
            made: for a class, the arguments that it was made with.
        """
        check_known(contract, name, given)
        node = NodeConfig(contract.name, name=self._fresh(name), options_type=contract.options_type)
        for port in contract.inputs:
            value = given.get(port.parameter)
            if port.sets_option and not isinstance(value, Stream):
                continue
            entry = _connect(name, port, value)
            if entry:
                (node.input_side_packet if port.side else node.input_stream).append(entry)
        if not node.input_stream and not contract.outputs[0].side:
            raise AuthoringError(f"{here()}: '{name}' is given no stream, so it would never run")
        node.options = self._options(contract, name, given, made)
        self.config.node.append(node)
        return self._results(contract, node)

    def _options(
        self, contract: Contract, name: str, given: Mapping[str, Any], made: Mapping[str, Any]
    ) -> dict[str, Any]:
        options = dict(self._encoded(contract, name, given))
        if not contract.python:
            return options
        self.contracts[contract.name] = contract
        fields = {"module": contract.work.__module__, "options": options, "construct": dict(made)}
        return {key: value for key, value in fields.items() if value}

    def _encoded(self, contract: Contract, name: str, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key, option in contract.options.items():
            value = given.get(key, option.default)
            if key not in given or _is_default(option, value) or _is_set_by(contract, key, value):
                continue
            problem = option_problem(option.annotation, value)
            if problem:
                advice = "; no stream can set it" if isinstance(value, Stream) else ""
                wrong = f"the option '{key}' of '{name}' must be {problem}, not {value!r}{advice}"
                raise AuthoringError(f"{here()}: {wrong}")
            is_model = isinstance(value, Model)
            yield ("model_path", self._model(value)) if is_model else (key, option.encode(value))

    def _model(self, model: Model) -> str:
        name = model.name
        while self.models.get(name, model) != model:
            name = "other_" + name
        self.models[name] = model
        return name

    def _results(self, contract: Contract, node: NodeConfig) -> Any:
        streams: list[Stream] = []
        for index, port in enumerate(contract.outputs):
            first = index == 0 and not contract.several
            suffix = port.attribute or port.tag.lower() or str(index)
            stream = self._stream(node.name if first else f"{node.name}_{suffix}", port.type)
            entry = f"{port.tag}:{name_of(stream)}" if port.tag else name_of(stream)
            (node.output_side_packet if port.side else node.output_stream).append(entry)
            streams.append(stream)
        if contract.several:
            return tuple(streams)
        pairs = zip(contract.outputs, streams, strict=True)
        return with_attributes(streams[0], {port.attribute: one for port, one in pairs if port.attribute})

    def _stream(self, name: str, type: str) -> Stream:
        self.types[name] = type
        return Stream(name, type)

    def _fresh(self, name: str) -> str:
        self._names[name] += 1
        return name if self._names[name] == 1 else f"{name}_{self._names[name]}"


def check_known(contract: Contract, name: str, given: Mapping[str, Any]) -> None:
    """Refuses a missing input and an unknown option, saying which there are."""
    known = contract.parameters
    for key in given:
        if key not in known:
            close = get_close_matches(key, known, 1)
            hint = f"did you mean '{close[0]}'?" if close else f"it has {', '.join(known)}"
            raise AuthoringError(f"{here()}: '{name}' has no option '{key}'; {hint}")
    for port in contract.inputs:
        if not port.optional and given.get(port.parameter) is None:
            wanted = f"its input '{port.parameter}', of type {port.type}"
            raise AuthoringError(f"{here()}: '{name}' needs {wanted}")
    for option in contract.options.values():
        if option.required and option.name not in given:
            raise AuthoringError(f"{here()}: '{name}' needs its option '{option.name}'")


def _is_default(option: OptionField, value: Any) -> bool:
    return not isinstance(value, Stream) and bool(value == option.default)


def _is_set_by(contract: Contract, key: str, value: Any) -> bool:
    """Whether the value is a stream, and the option one that a stream may set."""
    return isinstance(value, Stream) and any(port.sets_option for port in contract.inputs if port.parameter == key)


def _connect(name: str, port: InputPort, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, Stream):
        raise AuthoringError(
            f"{here()}: '{name}' takes a stream of type {port.type} as '{port.parameter}', not {value!r}; "
            "pass what the pipeline's function was given, or what another calculator returned"
        )
    if type_of(value) != port.type:
        raise AuthoringError(
            f"{here()}: '{name}' takes {port.type} as '{port.parameter}', but was given {value!r}"
            + _advice(type_of(value), port.type)
        )
    return f"{port.tag}:{name_of(value)}" if port.tag else name_of(value)


_CONVERSIONS = {
    ("Image", "Tensors"): "pw.image_to_tensor",
    ("Tensors", "Mask"): "pw.tensors_to_segmentation",
    ("Tensors", "Classifications"): "pw.tensors_to_classification",
    ("Tensors", "Detections"): "pw.tensors_to_detections",
    ("Detections", "RenderData"): "pw.detections_to_render_data",
}


def _advice(given: str, wanted: str) -> str:
    conversion = _CONVERSIONS.get((given, wanted))
    return f"; make it with {conversion}(…)" if conversion else f"; pass a stream of type {wanted}"


def current_tracer() -> Tracer | None:
    """The tracer of the pipeline that is being traced just now, if any."""
    return _current.get()


@contextmanager
def tracing() -> Iterator[Tracer]:
    """While the block runs, calls of calculators are recorded."""
    tracer = Tracer()
    token = _current.set(tracer)
    try:
        yield tracer
    finally:
        _current.reset(token)


def drop_unused_outputs(config: GraphConfig) -> None:
    """Leaves out every tagged output that nothing reads, save a node's first (untagged go by position)."""
    read = set(config.output_stream)
    for node in config.node:
        read |= {entry.rpartition(":")[2] for entry in node.input_stream + node.input_side_packet}
    for node in config.node:
        kept = [entry for entry in node.output_stream if ":" not in entry or entry.rpartition(":")[2] in read]
        node.output_stream = kept or node.output_stream[:1]
