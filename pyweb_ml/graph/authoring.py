"""What a user writes with: `app`, `calculator`, and the decorator that makes standard calculators."""

import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, overload

from pyweb_ml.errors import AuthoringError
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.audio import AudioFormat
from pyweb_ml.graph.backend import AUTO, backend_names
from pyweb_ml.graph.caller import calling_file, here
from pyweb_ml.graph.config import GraphConfig
from pyweb_ml.graph.contract import REGISTRY, Contract, OutputPort, read_contract
from pyweb_ml.graph.controls import Control
from pyweb_ml.graph.pipeline_inputs import audio_formats, check_name, controls_of, input_types, snake_case
from pyweb_ml.graph.stream import Stream, name_of
from pyweb_ml.graph.tracing import PYTHON_OPTIONS, current_tracer, drop_unused_outputs, tracing

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
CONTRACT = "__pywebml_contract__"


def standard(
    name: str,
    *,
    tags: Mapping[str, str] | None = None,
    outputs: tuple[OutputPort, ...] | None = None,
    settable: tuple[str, ...] = (),
    package: str = "mediapipe",
    called: str | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Makes a numpy kernel into the standard calculator `name`: on payloads it computes, traced it records.

    `package` is the protobuf package of its options: "pywebml" for those that MediaPipe does not have.
    `settable` names the options that a stream may set, by an optional input tagged with the option's name in
    capitals.
    `called` is what users call it, where that is not the function's own name.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        options_type = f"{package}.{name}Options"
        contract = read_contract(
            name, function, tags=tags, outputs=outputs, settable=settable, options_type=options_type
        )
        REGISTRY[name] = contract
        return _recording(contract, function, called or function.__name__)

    return decorate


@overload
def calculator(target: type[T]) -> type[T]: ...
@overload
def calculator(target: Callable[P, R | None]) -> Callable[P, R]: ...
def calculator(target: Any) -> Any:
    """Makes a function, or a class with `process`, into a calculator that runs in the page's Python.

    Its parameters annotated with stream types are its inputs, its other parameters options, and its return
    annotation says the outputs (a tuple for several). A class may have `open()` and `close()` too; it is made
    anew for each run, so what it keeps on `self` lives from frame to frame. Returning None emits nothing.

    Raises:
        AuthoringError: an annotation is missing or names no stream type.
    """
    if not inspect.isclass(target):
        contract = read_contract(target.__name__, target, python=True, options_type=PYTHON_OPTIONS)
        return _recording(contract, target, snake_case(target.__name__))
    if not callable(getattr(target, "process", None)):
        raise AuthoringError(f"{here()}: the class '{target.__name__}' needs a method 'process'")
    return _recording_class(target)


def _recording(contract: Contract, function: Callable[P, R], name: str) -> Callable[P, R]:
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        tracer = current_tracer()
        records = any(isinstance(one, Stream) for one in (*args, *kwargs.values()))
        if tracer is None or not (records or contract.outputs[0].side):
            return function(*args, **kwargs)
        _check_count(contract, name, args)
        given = {**dict(zip(signature.parameters, args, strict=False)), **kwargs}
        result: R = tracer.call(contract, name, given, {})
        return result

    setattr(call, CONTRACT, contract)
    return call


def _check_count(contract: Contract, name: str, args: Sequence[Any]) -> None:
    if len(args) > len(contract.parameters):
        raise AuthoringError(f"{here()}: '{name}' is given {len(args)} values, more than it takes")


def _recording_class(target: Any) -> Any:
    process = target.process
    contract = read_contract(target.__name__, process, python=True, options_type=PYTHON_OPTIONS)
    contract = Contract(**{**vars(contract), "work": target})
    name = snake_case(target.__name__)
    names = list(inspect.signature(process).parameters)[1:]
    initial = target.__init__

    @functools.wraps(initial)
    def construct(self: Any, *args: Any, **kwargs: Any) -> None:
        bound = inspect.signature(initial).bind(self, *args, **kwargs)
        self.__pywebml_construct__ = dict(list(bound.arguments.items())[1:])
        initial(self, *args, **kwargs)

    @functools.wraps(process)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        tracer = current_tracer()
        if tracer is None or not any(isinstance(one, Stream) for one in (*args, *kwargs.values())):
            return process(self, *args, **kwargs)
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        return tracer.call(contract, name, given, self.__pywebml_construct__)

    if initial is not object.__init__:
        target.__init__ = construct
    else:
        target.__pywebml_construct__ = {}
    target.process = call
    setattr(target, CONTRACT, contract)
    return target


@dataclass
class Graph:
    """A traced pipeline.

    Attributes:
        inputs, outputs: stream types by stream name, in the order of the function's parameters and results.
        types: the stream types of all streams.
        models: the models that nodes name.
        contracts: the user's own calculators in use; empty when no Python is needed to run the graph.
        controls: those inputs that a control feeds, with the control.
        audio: what the chunks of each input of type Audio are.
    """

    config: GraphConfig
    inputs: dict[str, str]
    outputs: dict[str, str]
    types: dict[str, str]
    models: dict[str, Model]
    contracts: dict[str, Contract]
    controls: dict[str, Control] = field(default_factory=dict)
    audio: dict[str, AudioFormat] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, str]:
        """The inputs that a source feeds: those without a control."""
        return {name: type for name, type in self.inputs.items() if name not in self.controls}


@dataclass
class App(Generic[P, R]):
    """A pipeline with its title; calling it runs the pipeline's function as it is.

    Attributes:
        backends: those that a site carries, the first that can be had being what begins.
    """

    function: Callable[P, R]
    title: str
    samples: list[str] = field(default_factory=list)
    file: Path = field(default_factory=Path)
    backends: tuple[str, ...] = AUTO

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def description(self) -> str:
        """The first paragraph of the app's docstring, or of its file's."""
        doc = inspect.getdoc(self.function) or getattr(self.function, "__globals__", {}).get("__doc__") or ""
        return " ".join(doc.split("\n\n")[0].split())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """What is left out of the parameters with controls is what these show at first."""
        bound = inspect.signature(self.function).bind(*args, **kwargs)
        bound.apply_defaults()
        shown = {key: one.value if isinstance(one, Control) else one for key, one in bound.arguments.items()}
        bound.arguments.update(shown)
        return self.function(*bound.args, **bound.kwargs)

    def trace(self) -> Graph:
        """Runs the function on streams; gives the graph.

        Raises:
            AuthoringError: with the file and line that wrote the mistake.
        """
        with tracing() as tracer:
            inputs = input_types(self.function)
            streams = [tracer.graph_input(name, type) for name, type in inputs.items()]
            result: Any = self.function(*streams)  # type: ignore[arg-type, call-arg]  # streams for payloads
            outputs = _named_outputs(self.name, result)
            tracer.config.output_stream = [name_of(one) for one in outputs.values()]
            renamed = _rename_outputs(tracer.config, outputs, tracer.types)
        types = {renamed.get(name, name): type for name, type in tracer.types.items()}
        drop_unused_outputs(tracer.config)
        output_types = {name: types[name] for name in outputs}
        controls = controls_of(self.function)
        audio = audio_formats(self.function, inputs)
        return Graph(tracer.config, inputs, output_types, types, tracer.models, tracer.contracts, controls, audio)


def _named_outputs(name: str, result: Any) -> dict[str, Stream]:
    named = result if isinstance(result, dict) else {"output": result}
    if not named:
        raise AuthoringError(f"the pipeline '{name}' returns nothing; return a stream, or a dict of streams")
    for key, one in named.items():
        check_name("output", key)
        if not isinstance(one, Stream):
            raise AuthoringError(f"the pipeline '{name}' must return streams; '{key}' is {one!r}")
    return named


def _rename_outputs(config: GraphConfig, outputs: dict[str, Stream], types: Mapping[str, str]) -> dict[str, str]:
    """Gives output streams the names that the user chose; an inner stream of such a name gets another."""
    renamed: dict[str, str] = {}
    for name, stream in outputs.items():
        old = name_of(stream)
        if old in config.input_stream or old in renamed:
            raise AuthoringError(f"the output '{name}' is {stream!r}, which is an input or an output already")
        renamed[old] = name
    clash = set(config.input_stream) & set(outputs)
    if clash:
        raise AuthoringError(f"the output '{min(clash)}' has the name of an input; choose another")
    for inner in (types.keys() & outputs.keys()) - renamed.keys():
        renamed[inner] = f"{inner}_inner"
    _rename(config, renamed)
    return renamed


def _rename(config: GraphConfig, names: Mapping[str, str]) -> None:
    def new(entry: str) -> str:
        tag, colon, name = entry.rpartition(":")
        return tag + colon + names.get(name, name)

    config.output_stream = [new(entry) for entry in config.output_stream]
    for node in config.node:
        node.input_stream = [new(entry) for entry in node.input_stream]
        node.output_stream = [new(entry) for entry in node.output_stream]


def app(
    *, title: str, samples: Sequence[str] = (), backend: str | Sequence[str] = "auto"
) -> Callable[[Callable[P, R]], App[P, R]]:
    """Makes a function into an app: its parameters are the inputs, what it returns are the outputs.

    Args:
        title: the page's title.
        samples: images, videos or sounds to offer in the page, or folders of them, as paths relative to the app's
            file.
        backend: what the page runs models on: one of `BACKENDS`, or several, of which the first that can be had
            begins and the fastest goes on. "auto" is those that are usually worth a try. On the desktop, models
            always run on LiteRT.

    Raises:
        AuthoringError: there is no such backend.
    """
    file = calling_file()
    backends = backend_names(backend)

    def decorate(function: Callable[P, R]) -> App[P, R]:
        return App(function, title, list(samples), file, backends)

    return decorate
