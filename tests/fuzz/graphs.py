"""A small random graph and random packets for it, all from one seed: a case of tests/vectors without `expect`."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.vectors.make.building import IDLE, Json, back_edge, bound, case, close, graph, handler, node, packet

LATEST = 12
"""Timestamps are few, so that packets meet."""


@dataclass
class Streams:
    """The streams made so far, in order, with the kind of their payloads: "int", "bool" or "list"."""

    kinds: dict[str, str] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)

    def new_input(self) -> str:
        self.inputs.append(self.new("int"))
        return self.inputs[-1]

    def new(self, kind: str) -> str:
        name = f"s{len(self.kinds)}"
        self.kinds[name] = kind
        return name

    def some(self, random: Random, count: int, kind: str = "any") -> list[str]:
        """Existing streams of a kind ("any": of every kind); the same one may come twice."""
        fitting = [name for name, own in self.kinds.items() if kind in ("any", own)]
        return [random.choice(fitting) for _ in range(count)] if fitting else []


def _passing(random: Random, streams: Streams) -> list[Json]:
    inputs, more = streams.some(random, random.randint(1, 3)), {}
    if random.random() < 0.2:
        # Of what comes from other nodes it depends on the threads' pace how much is dropped.
        inputs = [random.choice(streams.inputs) for _ in inputs]
        more = {"input_stream_handler": handler("FixedSize")}
    outputs = [streams.new(streams.kinds[name]) for name in inputs]
    return [node("PassThroughCalculator", " ".join(inputs), " ".join(outputs), **more)]


def _merging(random: Random, streams: Streams) -> list[Json]:
    inputs = " ".join(streams.some(random, random.randint(2, 3), "int"))
    return [node("MergeCalculator", inputs, streams.new("int"))]


def _presence(random: Random, streams: Streams) -> list[Json]:
    (name,) = streams.some(random, 1)
    return [node("PacketPresenceCalculator", f"PACKET:{name}", f"PRESENCE:{streams.new('bool')}")]


def _gate(random: Random, streams: Streams) -> list[Json]:
    (data,), controls = streams.some(random, 1), streams.some(random, 1, "bool")
    out, state = streams.new(streams.kinds[data]), streams.new("bool")
    if not controls:
        return [node("GateCalculator", data, f"{out} STATE_CHANGE:{state}", {"allow": random.random() < 0.8})]
    control = random.choice(("ALLOW", "DISALLOW"))
    options = {"empty_packets_as_allow": True} if random.random() < 0.5 else {}
    return [node("GateCalculator", f"{data} {control}:{controls[0]}", f"{out} STATE_CHANGE:{state}", options)]


def _loopback(random: Random, streams: Streams) -> list[Json]:
    """The input before, beside the present one: a loop over a pass-through."""
    (main,) = streams.some(random, 1, "int")
    previous, out, echo = streams.new("int"), streams.new("int"), streams.new("int")
    info = back_edge("LOOP")
    first = node(
        "PreviousLoopbackCalculator", f"MAIN:{main} LOOP:{echo}", f"PREV_LOOP:{previous}", input_stream_info=info
    )
    return [first, node("PassThroughCalculator", f"{previous} {main}", f"{out} {echo}")]


def _limiter(random: Random, streams: Streams) -> list[Json]:
    """A flow limiter whose frames are finished by its own output, or by a graph input.

    No other stream: of two that come from one input, either may be first, and MediaPipe's own results vary.
    """
    (main,) = streams.some(random, 1, "int")
    options = {"max_in_flight": random.randint(1, 2), "max_in_queue": random.randint(0, 2)}
    free, allow = streams.new("int"), streams.new("bool")
    if random.random() < 0.5:
        done = streams.new_input()
        return [node("FlowLimiterCalculator", f"{main} FINISHED:{done}", f"{free} ALLOW:{allow}", options)]
    out = streams.new("int")
    info = back_edge("FINISHED")
    first = node(
        "FlowLimiterCalculator", f"{main} FINISHED:{out}", f"{free} ALLOW:{allow}", options, input_stream_info=info
    )
    return [first, node("PassThroughCalculator", free, out)]


def _switching(random: Random, streams: Streams) -> list[Json]:
    """One of several nodes has the packets, as a stream says; a number without a node drops them."""
    (data,), controls = streams.some(random, 1, "int"), streams.some(random, 1, "bool")
    by = (
        f"ENABLE:{controls[0]}"
        if controls and random.random() < 0.5
        else f"SELECT:{streams.some(random, 1, 'int')[0]}"
    )
    kinds = [node("PassThroughCalculator"), node("GateCalculator", options={"allow": False})]
    contained = [random.choice(kinds) for _ in range(random.randint(2, 4))]
    type = "type.googleapis.com/mediapipe.SwitchContainerOptions"
    options: Json = {"@type": type, "contained_node": contained}
    if random.random() < 0.5:
        options["select"] = random.randrange(len(contained))
    return [node("SwitchContainer", f"{by} {data}", streams.new("int"), node_options=[options])]


def _join(random: Random, streams: Streams) -> list[Json]:
    inputs = " ".join(streams.some(random, random.randint(2, 3)))
    kind = random.choice(("JoinTestCalculator", "LogTestCalculator"))
    return [node(kind, inputs, streams.new("list"))]


def _filter(random: Random, streams: Streams) -> list[Json]:
    names = ["Even", "Hold", "Later", "Earlier", "Empty", "Bound", "BoundOffset"]
    (name,) = streams.some(random, 1, "int")
    return [node(f"{random.choice(names)}TestCalculator", name, streams.new("int"))]


def _split(random: Random, streams: Streams) -> list[Json]:
    (name,) = streams.some(random, 1, "int")
    return [node("SplitTestCalculator", name, f"{streams.new('int')} {streams.new('int')}")]


def _cloning(random: Random, streams: Streams) -> list[Json]:
    data, tick = streams.some(random, 2, "int")
    return [node("PacketClonerCalculator", f"{data} TICK:{tick}", streams.new("int"))]


def _thinning(random: Random, streams: Streams) -> list[Json]:
    (name,) = streams.some(random, 1, "int")
    options = {"period": random.randint(1, 5), "thinner_type": random.choice(("ASYNC", "SYNC"))}
    return [node("PacketThinnerCalculator", name, streams.new("int"), options)]


def _parting(random: Random, streams: Streams) -> list[Json]:
    """Round robin over two branches, one of which may lose packets, and together again."""
    (name,) = streams.some(random, 1, "int")
    first, second, select, even, out = (streams.new("int") for _ in range(5))
    demux = node("RoundRobinDemuxCalculator", name, f"OUTPUT:0:{first} OUTPUT:1:{second} SELECT:{select}")
    branch = node(random.choice(("PassThroughCalculator", "EvenTestCalculator")), first, even)
    return [demux, branch, node("MergeCalculator", f"{even} {second}", out)]


def _at_once(random: Random, streams: Streams) -> list[Json]:
    """Nodes that act on what arrives first read graph inputs alone: no other streams have one order."""
    inputs = random.sample(streams.inputs, min(2, len(streams.inputs)))
    kind = random.choice(("Immediate", "EarlyClose", "Barrier", "SyncSet"))
    return [node("LogTestCalculator", " ".join(inputs), streams.new("list"), input_stream_handler=handler(kind))]


REGISTERED = (_passing, _merging, _presence, _gate, _loopback, _limiter, _switching)
"""Makers whose calculators MediaPipe's wheel has too."""
TESTS_ALONE = (_join, _filter, _split, _cloning, _thinning, _parting, _at_once)
TIMELESS = (_passing, _merging, _join, _filter, _split, _loopback, _cloning, _thinning, _parting)
"""Makers whose outputs may not depend on the order in which packets arrive on different streams."""


def _timeless(made: list[Json]) -> bool:
    # What a fixed size handler drops depends on arrival, and says so.
    return not any("input_stream_handler" in each for each in made)


def random_graph(random: Random, makers: tuple[Any, ...]) -> tuple[Json, Streams]:
    """A graph and its streams."""
    streams = Streams()
    for _ in range(random.randint(1, 3)):
        streams.new_input()
    nodes = [each for _ in range(random.randint(1, 5)) for each in random.choice(makers)(random, streams)]
    return graph(" ".join(streams.inputs), *nodes), streams


def random_steps(random: Random, inputs: list[str]) -> list[Json]:
    """Packets, bounds and ends on the inputs, each stream's timestamps rising."""
    steps: list[Json] = []
    next_allowed = dict.fromkeys(inputs, 0)
    for _ in range(random.randint(3, 14)):
        name = random.choice(inputs)
        at = next_allowed[name] + random.choice((0, 0, 0, 1, 1, 2, 5))
        if at > LATEST or name not in next_allowed:
            continue
        kind = random.choices(("packet", "bound", "close"), (12, 3, 1))[0]
        steps.append({"packet": packet(name, at, at), "bound": bound(name, at), "close": close(name)}[kind])
        next_allowed[name] = {"packet": at + 1, "bound": at, "close": LATEST + 1}[kind]
    return steps


def stepped_case(seed: int, registered: bool = False) -> Json:
    """A case of all calculators; the graph is idle after each step, since some act on what arrived first."""
    random = Random(seed)
    config, streams = random_graph(random, REGISTERED if registered else REGISTERED + TESTS_ALONE)
    steps = random_steps(random, streams.inputs)
    open_ones = [name for name in streams.inputs if close(name) not in steps]
    steps = [each for step in [*steps, *map(close, open_ones)] for each in (step, IDLE)]
    return case(f"seed {seed}", "tests/fuzz", config, steps, packets={name: [] for name in streams.kinds})


def timeless_case(seed: int) -> Json:
    """A case whose outputs may not depend on the order of arrival; nothing is waited for."""
    random = Random(seed)
    while True:
        config, streams = random_graph(random, TIMELESS)
        if _timeless(config["node"]):
            break
    steps = random_steps(random, streams.inputs)
    return case(f"seed {seed}", "tests/fuzz", config, steps, packets={name: [] for name in streams.kinds})


def shuffled(case: Json, random: Random) -> Json:
    """The case with its streams' steps interleaved anew; each stream keeps its own order."""
    queues: dict[str, list[Json]] = {}
    for step in case["steps"]:
        ((_, given),) = step.items()
        queues.setdefault(given if isinstance(given, str) else given["stream"], []).append(step)
    order = [name for name, steps in queues.items() for _ in steps]
    random.shuffle(order)
    return {**case, "steps": [queues[name].pop(0) for name in order]}
