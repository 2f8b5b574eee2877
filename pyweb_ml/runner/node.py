"""One calculator while its graph runs: opened, given packets, closed."""

import traceback
from collections.abc import Mapping
from typing import Any

from pyweb_ml.errors import CalculatorError, ModelError
from pyweb_ml.graph import timestamp
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.config import NodeConfig, split_name
from pyweb_ml.graph.contract import Contract, InputPort, OutputPort
from pyweb_ml.graph.payloads import type_mismatch
from pyweb_ml.runner.stream import InputQueue


class Node:
    """A node of the graph, with a queue for each of its inputs.

    Attributes:
        inputs: for each input the stream that feeds it, its port and its queue.
        outputs: by stream name, the position among the contract's outputs.
    """

    def __init__(self, config: NodeConfig, contract: Contract, models: Mapping[str, Model]) -> None:
        self.config = config
        self.contract = contract
        entries = [split_name(entry) for entry in config.input_stream]
        self.inputs = [(stream, _port(contract, tag), InputQueue()) for tag, stream in entries]
        made = list(enumerate(config.output_stream + config.output_side_packet))
        self.outputs = {split_name(entry)[1]: _position(contract, entry, index) for index, entry in made}
        self.bound = timestamp.MIN
        self._options = decode_options(contract, config.options, models)
        self._side: dict[str, Any] = {}
        self._instance: Any = None

    @property
    def queues(self) -> list[InputQueue]:
        return [queue for _, _, queue in self.inputs]

    def open(self, side_packets: Mapping[str, Any]) -> None:
        """Makes what lives for one run; `side_packets` holds those made so far, by name."""
        for entry in self.config.input_side_packet:
            tag, name = split_name(entry)
            self._side[_port(self.contract, tag).parameter] = side_packets[name]
        if isinstance(self.contract.work, type):
            self._instance = self.contract.work(**self.config.options.get("construct", {}))
            self._guard(timestamp.UNSTARTED, getattr(self._instance, "open", lambda: None))

    def process(self, at: int) -> dict[str, Any]:
        """Runs on the packets at a timestamp; gives the payload of each output that has one, by stream name."""
        given = {port.parameter: queue.take(at) for _, port, queue in self.inputs}
        if any(given[port.parameter] is None and not port.optional for _, port, _ in self.inputs):
            return {}
        work = self._instance.process if self._instance is not None else self.contract.work
        return self._outputs(at, self._guard(at, work, **given, **self._side, **self._options))

    def side_packets(self) -> dict[str, Any]:
        """Runs a node that makes side packets."""
        value = self._guard(timestamp.UNSTARTED, self.contract.work, **self._side, **self._options)
        return self._outputs(timestamp.UNSTARTED, value)

    def close(self) -> None:
        """Ends the run for this node; called for every node that was opened, after a failure too."""
        if self._instance is not None:
            self._guard(timestamp.DONE, getattr(self._instance, "close", lambda: None))

    def _outputs(self, at: int, value: Any) -> dict[str, Any]:
        if self.contract.several and value is not None and not _is_tuple(value, len(self.contract.outputs)):
            raise self._error(at, f"it must return a tuple of {len(self.contract.outputs)} values")
        payloads = self.contract.split(value)
        for port, payload in zip(self.contract.outputs, payloads, strict=True):
            self._check(at, port, payload)
        made = {name: payloads[position] for name, position in self.outputs.items()}
        return {name: payload for name, payload in made.items() if payload is not None}

    def _check(self, at: int, port: OutputPort, payload: Any) -> None:
        problem = None if payload is None else type_mismatch(port.type, payload)
        if problem:
            raise self._error(at, f"it returned what is no {port.type}: {problem}")

    def _guard(self, at: int, work: Any, **given: Any) -> Any:
        try:
            return work(**given)
        except ModelError:
            raise
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            raise self._error(at, f"{type(error).__name__}: {error} ({where})") from error

    def _error(self, at: int, message: str) -> CalculatorError:
        return CalculatorError(self.config.name, at, message)


def _is_tuple(value: Any, length: int) -> bool:
    return isinstance(value, tuple) and len(value) == length


def _port(contract: Contract, tag: str) -> InputPort:
    return next(port for port in contract.inputs if port.tag == tag)


def _position(contract: Contract, entry: str, index: int) -> int:
    tag = split_name(entry)[0]
    return next(place for place, port in enumerate(contract.outputs) if port.tag == tag) if tag else index


def decode_options(contract: Contract, options: Mapping[str, Any], models: Mapping[str, Model]) -> dict[str, Any]:
    """The keyword arguments that a node's options in the config stand for."""
    stated = options.get("options", {}) if contract.python else options
    decoded = {key: contract.options[key].decode(value) for key, value in stated.items() if key != "model_path"}
    return {**decoded, "model": models[stated["model_path"]]} if "model_path" in stated else decoded
