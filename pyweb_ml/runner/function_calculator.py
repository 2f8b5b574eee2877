"""A calculator that is a function, or a class with `process`, run as a `CalculatorBase`."""

from collections.abc import Mapping
from typing import Any

from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.calculator_base import STOP, CalculatorBase, CalculatorContext, Status
from pyweb_ml.graph.config import NodeConfig, split_entries, split_name
from pyweb_ml.graph.contract import Contract, InputPort
from pyweb_ml.graph.payloads import type_mismatch


class FunctionCalculator(CalculatorBase, register=False):
    """Calls the function with the packets of a timestamp; what it returns goes out at that timestamp."""

    def __init__(self, contract: Contract, config: NodeConfig, models: Mapping[str, Model]) -> None:
        self._contract = contract
        self._options = decode_options(contract, config.options, models)
        self._construct = config.options.get("construct", {})
        self._inputs = _keys(config.input_stream)
        self._parameters = [_port(contract, tag) for tag, _ in self._inputs]
        made = config.output_stream + config.output_side_packet
        self._outputs = [_position(contract, entry, index) for index, entry in enumerate(made)]
        self._output_keys = _keys(config.output_stream)
        self._side_keys = _keys(config.output_side_packet)
        self._side_parameters = [(_port(contract, tag), (tag, at)) for tag, at in _keys(config.input_side_packet)]
        self._side: dict[str, Any] = {}
        self._work = contract.work
        self._close = _nothing

    def open(self, cc: CalculatorContext) -> None:
        self._side = {port.parameter: cc.input_side_packets(*key) for port, key in self._side_parameters}
        if isinstance(self._contract.work, type):
            instance = self._contract.work(**self._construct)
            self._work = instance.process
            self._close = getattr(instance, "close", _nothing)
            getattr(instance, "open", _nothing)()
        elif self._side_keys:
            made = self._split(self._work(**self._side, **self._options))
            for key, position in zip(self._side_keys, self._outputs, strict=True):
                cc.output_side_packets(*key).set(made[position])

    def process(self, cc: CalculatorContext) -> Status | None:
        if not self._inputs:
            return STOP
        given: dict[str, Any] = {}
        for key, port in zip(self._inputs, self._parameters, strict=True):
            value = cc.inputs(*key).value
            if value is None and not port.optional:
                return None
            given[port.parameter] = value
        options = self._contract.options_with(self._options, given)
        if options is None:
            return None
        made = self._split(self._work(**{**given, **self._side, **options}))
        for key, position in zip(self._output_keys, self._outputs, strict=False):
            if made[position] is not None:
                cc.outputs(*key).add(cc.input_timestamp, made[position])
        return None

    def close(self, cc: CalculatorContext) -> None:
        self._close()

    def _split(self, value: Any) -> list[Any]:
        count = len(self._contract.outputs)
        if self._contract.several and value is not None and not (isinstance(value, tuple) and len(value) == count):
            raise MismatchError(f"it must return a tuple of {count} values")
        payloads = self._contract.split(value)
        for port, payload in zip(self._contract.outputs, payloads, strict=True):
            problem = None if payload is None else type_mismatch(port.type, payload)
            if problem:
                raise MismatchError(f"it returned what is no {port.type}: {problem}")
        return payloads


class MismatchError(Exception):
    """What a calculator's own function returned is not what it says; the message needs no place in our code."""


def _nothing() -> None:
    pass


def _keys(entries: list[str]) -> list[tuple[str, int]]:
    return [(tag, index) for tag, index, _ in split_entries(entries)]


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
