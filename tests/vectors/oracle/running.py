"""One case through MediaPipe's own graph runner, as its Python wheel has it."""

import importlib
import json
from pathlib import Path
from typing import Any

from tests.vectors.mediapipe.make import MediaPipe
from tests.vectors.steps import still_open

Json = dict[str, Any]

SPECIAL = {
    "Unset": -(2**63),
    "Unstarted": -(2**63) + 1,
    "PreStream": -(2**63) + 2,
    "Min": -(2**63) + 3,
    "Max": 2**63 - 4,
    "PostStream": 2**63 - 3,
    "OneOverPostStream": 2**63 - 2,
    "Done": 2**63 - 1,
}
NAMES = {value: name for name, value in SPECIAL.items()}
GETTERS = ("get_bool", "get_int", "get_float", "get_str", "get_int_list")
JSON_MARK = "json:"
"""A payload that MediaPipe has no type for travels as text; calculators that only move packets do not look."""
TYPED = {"BeginLoopCalculator": "BeginLoopIntCalculator"}
"""C++ has one calculator for each type of item; the cases that MediaPipe can run have integers."""


class UnregisteredError(Exception):
    """The wheel lacks a calculator or a handler that the case names."""


class Oracle:
    """Runs cases; each one needs a process of its own, since MediaPipe aborts the process for some mistakes."""

    def __init__(self, folder: Path) -> None:
        mediapipe = MediaPipe(folder)
        for path in sorted((folder / "framework").rglob("*_pb2.py")):
            importlib.import_module(".".join(path.relative_to(folder.parent).with_suffix("").parts))
        from google.protobuf import json_format, text_format
        from mediapipe.framework import calculator_pb2  # type: ignore[import-not-found]

        self._bindings = mediapipe.bindings
        self._config: Any = calculator_pb2.CalculatorGraphConfig
        self._from_json: Any = json_format.ParseDict
        self._to_text: Any = text_format.MessageToString

    def run(self, case: Json) -> Json:
        """What MediaPipe gives: of the form of `expect`, with `error` a string.

        Raises:
            UnregisteredError: see there.
        """
        found: Json = {"packets": {}}
        try:
            self._run(case, found)
        except (RuntimeError, ValueError) as error:
            # "Failed to parse": the type of a node's options is not in the wheel, nor then the calculator.
            if any(
                sign in str(error) for sign in ("No registered object", "is not registered", "Failed to parse")
            ):
                raise UnregisteredError(str(error)) from error
            found["error"] = str(error)
        return found

    def _run(self, case: Json, found: Json) -> None:
        text = self._to_text(self._from_json(case["graph"], self._config()))
        for name, typed in TYPED.items():
            text = text.replace(f'"{name}"', f'"{typed}"')
        graph = self._bindings.calculator_graph.CalculatorGraph(graph_config=text)
        self._observe(graph, case["expect"], found)
        graph.start_run({name: self._packet(value) for name, value in case.get("side_packets", {}).items()})
        for step in case["steps"]:
            self._step(graph, step)
        for stream in still_open(case):
            graph.close_input_stream(stream)
        graph.wait_until_done()
        names = case["expect"].get("side_packets", {})
        if names:
            found["side_packets"] = {name: self._value(graph.get_output_side_packet(name)) for name in names}

    def _observe(self, graph: Any, expect: Json, found: Json) -> None:
        bounds = expect.get("bounds", {})
        found.update({"bounds": {name: [] for name in bounds}} if bounds else {})
        for name in sorted({*expect.get("packets", {}), *bounds}):
            found["packets"][name] = []
            graph.observe_output_stream(
                name, lambda stream, packet: self._keep(found, stream, packet), name in bounds
            )

    def _keep(self, found: Json, stream: str, packet: Any) -> None:
        at = NAMES.get(packet.timestamp.value, packet.timestamp.value)
        if packet.is_empty():
            found["bounds"][stream].append(at)
        else:
            found["packets"][stream].append([at, self._value(packet)])

    def _step(self, graph: Any, step: Json) -> None:
        ((kind, given),) = step.items()
        if kind == "packet":
            at = self._timestamp(given["timestamp"])
            graph.add_packet_to_input_stream(given["stream"], self._packet(given["value"]).at(at))
        elif kind == "bound":
            # The Python class has no method for bounds; an empty packet one earlier moves the bound there.
            at = self._timestamp(given["timestamp"] - 1)
            graph.add_packet_to_input_stream(given["stream"], self._bindings.packet.Packet().at(at))
        elif kind == "close":
            graph.close_input_stream(given)
        elif kind == "close_all":
            graph.close_all_packet_sources()
        else:
            graph.wait_until_idle()

    def _timestamp(self, at: int | str) -> Any:
        kind = self._bindings.timestamp.Timestamp
        return getattr(kind, at.upper()) if isinstance(at, str) else kind(at)

    def _packet(self, value: Any) -> Any:
        creator = self._bindings._packet_creator
        if isinstance(value, bool):
            return creator.create_bool(value)
        if isinstance(value, int) and abs(value) < 2**31:
            return creator.create_int(value)
        if isinstance(value, list) and all(type(one) is int for one in value):
            return creator.create_int_vector(value)
        return creator.create_string(value if isinstance(value, str) else JSON_MARK + json.dumps(value))

    def _value(self, packet: Any) -> Any:
        for name in GETTERS:
            try:
                value = getattr(self._bindings._packet_getter, name)(packet)
            except (RuntimeError, ValueError):
                continue
            marked = isinstance(value, str) and value.startswith(JSON_MARK)
            return json.loads(value.removeprefix(JSON_MARK)) if marked else value
        raise RuntimeError(f"no getter of the wheel reads {packet}")
