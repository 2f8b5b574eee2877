"""Every rule of a graph broken once, in MediaPipe's text: the error names node, stream and line."""

from tests.vectors.make.building import Json, Steps, case, steps

OWN = "our own: what a clear error says"
HEAD = 'input_stream: "a"\ninput_stream: "b"\n'
# Each node of these texts is one line; the first is line 3.
FIRST = 'node { name: "first" calculator: "PassThroughCalculator" input_stream: "a" output_stream: "x" }\n'


def text(*nodes: str, head: str = HEAD) -> str:
    return head + "\n".join(f"node {{ {node} }}" for node in nodes) + "\n"


def passing(name: str, inputs: str, outputs: str, more: str = "") -> str:
    """A pass-through; `inputs` and `outputs` hold entries parted by spaces."""
    fields = [f'input_stream: "{entry}"' for entry in inputs.split()]
    fields += [f'output_stream: "{entry}"' for entry in outputs.split()]
    return f'name: "{name}" calculator: "PassThroughCalculator" {" ".join(fields)} {more}'


LIMITER = (
    'name: "limiter" calculator: "FlowLimiterCalculator" input_stream: "a" input_stream: "FINISHED:b" '
    'output_stream: "x" node_options {{ [type.googleapis.com/mediapipe.FlowLimiterCalculatorOptions] {{ {0} }} }}'
)
HANDLER = (
    'input_stream_handler {{ input_stream_handler: "{0}" options {{ [mediapipe.{0}Options.ext] {{ {1} }} }} }}'
)
SIDE = 'calculator: "PassThroughCalculator" input_side_packet: "given" output_side_packet: "made"'
CONSTANT = (
    'name: "{0}" calculator: "ConstantSidePacketCalculator" output_side_packet: "PACKET:s" node_options {{ '
    "[type.googleapis.com/mediapipe.ConstantSidePacketCalculatorOptions] {{ packet {{ int_value: 1 }} }} }}"
)

_BROKEN: list[tuple[str, str, list[str]]] = [
    ("An unknown calculator", text(passing("first", "a", "x"), 'name: "odd" calculator: "OddCalculator"'),
     ["line 4: ", "'odd'", "'OddCalculator'"]),
    ("An unconnected stream", text(passing("first", "a", "x"), passing("second", "nowhere", "y")),
     ["line 4: ", "'second'", "'nowhere'"]),
    ("An output of the graph that nothing makes",
     text(passing("first", "a", "x"), head=HEAD + 'output_stream: "z"\n'), ["line 3: ", "'z'"]),
    ("Two producers", text(passing("first", "a", "x"), passing("second", "b", "x")),
     ["lines 3, 4: ", "'first'", "'second'", "'x'"]),
    ("Two producers of a side packet", text(CONSTANT.format("one"), CONSTANT.format("two")),
     ["lines 3, 4: ", "'one'", "'two'", "'s'"]),
    ("A cycle", text(passing("first", "a y", "x z"), passing("second", "x", "y")),
     ["lines 3, 4: ", "'first'", "'second'", "circle", "back_edge"]),
    ("A bad tag", text(passing("first", "lower:a", "lower:x")), ["line 3: ", "'first'", "'lower:a'"]),
    ("A bad stream name", text(passing("first", "a", "Capital")), ["line 3: ", "'first'", "'Capital'"]),
    ("A bad index", text(passing("first", "T:01:a", "T:0:x")), ["line 3: ", "'first'", "'T:01:a'"]),
    ("A gap in the indices", text(passing("first", "T:0:a T:2:b", "T:0:x T:1:y")),
     ["line 3: ", "'first'", "'T:1'"]),
    ("A back edge that names no input", text(passing("first", "a", "x",
     'input_stream_info { tag_index: "LOOP" back_edge: true }')), ["line 3: ", "'first'", "'LOOP'"]),
    ("A bad option name", text(LIMITER.format("max_in_fligt: 1")),
     ["line 3, ", "'limiter'", "'max_in_fligt'", "max_in_flight"]),
    ("A bad option value", text(LIMITER.format("max_in_flight: many")),
     ["line 3, ", "'limiter'", "'max_in_flight'"]),
    ("A bad field name", text(passing("first", "a", "x", 'stream: "b"')), ["line 3, ", "'first'", "'stream'"]),
    ("A field of a wrong type", text(passing("first", "a", "x", "max_in_flight: true")),
     ["line 3, ", "'first'", "'max_in_flight'"]),
    ("A number that is too small", text(passing("first", "a", "x", "max_in_flight: -1")),
     ["line 3: ", "'first'", "max_in_flight -1", "0 or more"]),
    ("A negative buffer_size_hint", text(passing("first", "a", "x", "buffer_size_hint: -1")),
     ["line 3: ", "'first'", "buffer_size_hint -1", "0 or more"]),
    ("A max_queue_size below -1", HEAD + FIRST + "max_queue_size: -2", ["max_queue_size -2", "-1 or more"]),
    ("An unknown input policy", text(passing("first", "a", "x",
     'input_stream_handler { input_stream_handler: "OddInputStreamHandler" }')),
     ["line 3: ", "'first'", "'OddInputStreamHandler'"]),
    ("A bad option of an input policy",
     text(passing("first", "a", "x", HANDLER.format("FixedSizeInputStreamHandler", "queue_size: 1"))),
     ["line 3, ", "'first'", "'queue_size'"]),
    ("An input policy for an input that is not there", text(passing("first", "a", "x", HANDLER.format(
     "SyncSetInputStreamHandler", 'sync_set { tag_index: "NO" }'))), ["line 3: ", "'first'", "'NO"]),
    ("A batch beside several calls at once", text(passing("first", "a", "x", "max_in_flight: 2 " + HANDLER.format(
     "DefaultInputStreamHandler", "batch_size: 2"))), ["line 3: ", "'first'", "batch_size", "max_in_flight"]),
    ("An unknown output policy", text(passing("first", "a", "x",
     'output_stream_handler { output_stream_handler: "OddOutputStreamHandler" }')),
     ["line 3: ", "'first'", "'OddOutputStreamHandler'", "InOrderOutputStreamHandler"]),
    ("An executor that is not declared", text(passing("first", "a", "x", 'executor: "elsewhere"')),
     ["line 3: ", "'first'", "'elsewhere'"]),
    ("A pass-through with more inputs than outputs", text(passing("first", "a b", "x")), ["line 3: ", "'first'"]),
    ("A side packet that is missing", text(SIDE), ["line 3: ", "'PassThroughCalculator'", "'given'"]),
    ("A text that is cut short", text(passing("first", "a", "x"))[:-4], ["line 3, ", "'first'"]),
    ("A text that is nested 10,000 levels deep", "node { options { [a.b.ext] {" + "a {" * 10_000,
     ["line 1", "nested more than 64 levels deep"]),
]  # fmt: skip

_AT_RUN: list[tuple[str, str, Steps, Json | None, list[str]]] = [
    ("A timestamp that does not rise", HEAD + FIRST, steps("a@5 a@5"), None, ["'a'", "5"]),
    ("A timestamp that falls", HEAD + FIRST, steps("a@5 | a@4"), None, ["'a'", "4"]),
    ("A timestamp below the bound", HEAD + FIRST, steps("a<9 a@8"), None, ["'a'", "8"]),
    ("A packet after its stream is closed", HEAD + FIRST, steps("a@1 a. a@2"), None, ["'a'", "2", "closed"]),
    ("A packet with a timestamp that none can have", HEAD + FIRST, steps("a@Unstarted"), None,
     ["'a'", "Unstarted"]),
    ("A side packet that is given and made", HEAD + "node { " + CONSTANT.format("one") + " }", [], {"s": 2},
     ["'s'", "'one'"]),
]  # fmt: skip

_ALL = text(
    'name: "odd" calculator: "OddCalculator"', passing("second", "nowhere", "y"), passing("third", "b", "y")
)

CASES = [
    *(case(f"{name} is refused by node, stream and line", OWN, broken, [], error=error)
      for name, broken, error in _BROKEN),
    *(case(f"{name} is refused by its stream", OWN, graph, given, side, error=error)
      for name, graph, given, side, error in _AT_RUN),
    case("Of a graph with several mistakes all are told", OWN, _ALL, [],
         error=["line 3: ", "'OddCalculator'", "line 4: ", "'nowhere'", "lines 4, 5: ", "'y'"]),
]  # fmt: skip
