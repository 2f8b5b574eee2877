"""Words to write cases with: see ../README.md for what a case is."""

import json
from typing import Any

Json = dict[str, Any]
Steps = list[Json]

IDLE: Json = {"idle": True}
CLOSE_ALL: Json = {"close_all": True}
CANCEL: Json = {"cancel": True}


def packet(stream: str, timestamp: int | str, value: Any) -> Json:
    return {"packet": {"stream": stream, "timestamp": timestamp, "value": value}}


def bound(stream: str, timestamp: int | str) -> Json:
    return {"bound": {"stream": stream, "timestamp": timestamp}}


def close(stream: str) -> Json:
    return {"close": stream}


def packets(stream: str, *timestamps: int | str) -> Steps:
    """Packets whose payloads are their timestamps."""
    return [packet(stream, at, at) for at in timestamps]


def settled(*steps: Json) -> Steps:
    """The steps, the graph idle after each of them."""
    return [each for step in steps for each in (step, IDLE)]


def node(calculator: str, inputs: str = "", outputs: str = "", options: Json | None = None, **more: Any) -> Json:
    """One node; `inputs` and `outputs` hold entries parted by spaces, `more` further fields of the config."""
    made: Json = {"calculator": calculator}
    if inputs:
        made["input_stream"] = inputs.split()
    if outputs:
        made["output_stream"] = outputs.split()
    if options:
        package = "pywebml" if calculator.endswith("TestCalculator") else "mediapipe"
        made["node_options"] = [{"@type": f"type.googleapis.com/{package}.{calculator}Options", **options}]
    return {**made, **more}


def handler(name: str, **options: Any) -> Json:
    """The field `input_stream_handler` for a handler, "Immediate" for ImmediateInputStreamHandler."""
    made: Json = {"input_stream_handler": f"{name}InputStreamHandler"}
    if options:
        made["options"] = {f"[mediapipe.{name}InputStreamHandlerOptions.ext]": options}
    return made


def back_edge(*tag_indices: str) -> list[Json]:
    """The field `input_stream_info` that marks back edges."""
    return [{"tag_index": tag_index, "back_edge": True} for tag_index in tag_indices]


def graph(inputs: str, *nodes: Json, **more: Any) -> Json:
    made: Json = {"input_stream": inputs.split()} if inputs else {}
    return {**made, **more, "node": list(nodes)}


def case(
    name: str,
    source: str,
    graph: Json | str,
    steps: Steps,
    side_packets: Json | None = None,
    subgraphs: list[Json] | None = None,
    **expect: Any,
) -> Json:
    """A case; `expect` holds packets, bounds, side_packets (as outputs) and error."""
    given: Json = {"subgraphs": subgraphs} if subgraphs else {}
    given.update({"side_packets": side_packets} if side_packets else {})
    if "output_side_packets" in expect:
        expect["side_packets"] = expect.pop("output_side_packets")
    return {"name": name, "source": source, "graph": graph, **given, "steps": steps, "expect": expect}


def steps(text: str) -> Steps:
    """Steps in short: `a@3` a packet with its timestamp as payload, `a@3=true` with a JSON payload (no spaces in
    it), `a<5` a bound, `a.` closes, `|` waits until idle, `~` closes all, `+500` advances the clock by 500 µs."""
    return [_step(word) for word in text.split()]


def _step(word: str) -> Json:
    if word in ("|", "~"):
        return IDLE if word == "|" else CLOSE_ALL
    if word.startswith("+"):
        return {"clock": int(word[1:])}
    if word.endswith("."):
        return close(word[:-1])
    if "@" not in word:
        stream, _, at = word.partition("<")
        return bound(stream, _timestamp(at))
    stream, _, rest = word.partition("@")
    at, given, value = rest.partition("=")
    return packet(stream, _timestamp(at), json.loads(value) if given else _timestamp(at))


def _timestamp(text: str) -> int | str:
    return text if text[0].isalpha() else int(text)


def same(*timestamps: int | str) -> list[list[int | str]]:
    """Expected packets whose payloads are their timestamps."""
    return [[at, at] for at in timestamps]


def numbered(*values: Any) -> list[list[Any]]:
    """Expected packets at 0, 1, …: what the logs of the test calculators give."""
    return [[at, value] for at, value in enumerate(values)]
