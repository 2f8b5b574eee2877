"""GateCalculator: what it lets through."""

from tests.vectors.make.building import Json, case, graph, node, same, steps

TEST = "mediapipe/calculators/core/gate_calculator_test.cc"
RUN = "MediaPipe 0.10.21, run"


def gate(control: str, outputs: str = "out", data: str = "in", **options: object) -> Json:
    """A gate with the stream `c` as its control ALLOW or DISALLOW."""
    return graph(f"{data} c", node("GateCalculator", f"{data} {control}:c", outputs, dict(options)))


def side_gate(control: str, **options: object) -> Json:
    """A gate with the side packet `c` as its control."""
    made = node("GateCalculator", "in", "out", dict(options), input_side_packet=[f"{control}:c"])
    return {**graph("in", made), "input_side_packet": ["c"]}


def fixed(**options: object) -> Json:
    return graph("in", node("GateCalculator", "in", "out", dict(options)))


_STREAM = [
    case("ALLOW true lets the packet of its timestamp through", TEST, gate("ALLOW"),
         steps("in@1 c@1=true | in@2 c@2=false | in@3 c@3=true |"), packets={"out": same(1, 3)}),
    case("DISALLOW true holds the packet of its timestamp back", TEST, gate("DISALLOW"),
         steps("in@1 c@1=true | in@2 c@2=false | in@3 c@3=true |"), packets={"out": same(2)}),
    case("Without a control packet ALLOW's gate is shut", TEST, gate("ALLOW"), steps("in@1 c<2 | in@2 c@2=true |"),
         packets={"out": same(2)}),
    case("Without a control packet DISALLOW's gate is shut too", TEST, gate("DISALLOW"),
         steps("in@1 c<2 | in@2 c@2=true |"), packets={"out": []}),
    case("With empty_packets_as_allow, no packet at ALLOW opens the gate", TEST, gate("ALLOW",
         empty_packets_as_allow=True),
         steps("in@1 c<2 | in@2 c@2=false | in@3 c<4 |"), packets={"out": same(1, 3)}),
    case("With empty_packets_as_allow, no packet at DISALLOW opens the gate", TEST,
         gate("DISALLOW", empty_packets_as_allow=True), steps("in@1 c<2 | in@2 c@2=true | in@3 c<4 |"),
         packets={"out": same(1, 3)}),
    case("The gate does not remember the last control packet", TEST, gate("ALLOW"),
         steps("in@1 c@1=true | in@2 c<3 | in@3 c<4 |"), packets={"out": same(1)}),
    case("A control packet without data lets nothing through", TEST, gate("ALLOW"),
         steps("c@1=true in<2 | in@2 c@2=true |"),
         packets={"out": same(2)}),
    case("A held packet's timestamp is settled downstream", RUN,
         graph("in c", node("GateCalculator", "in ALLOW:c", "out"), node("PassThroughCalculator", "out in",
         "x y")),
         steps("in@1 c@1=false | in@2 c@2=false |"), packets={"x": [], "y": same(1, 2)}),
    case("Several data streams pass and stop together", TEST, gate("ALLOW", "x y z", "p q r"),
         steps("p@1 q@1 r@1 c@1=true | p@2 q@2 r@2 c@2=false | p@3 r@3 q<4 c@3=true |"),
         packets={"x": same(1, 3), "y": same(1), "z": same(1, 3)}),
]  # fmt: skip

_STATE = [
    case("STATE_CHANGE tells nothing of the first state", TEST, gate("ALLOW", "out STATE_CHANGE:state"),
         steps("in@1 c@1=true | in@2 c@2=true |"), packets={"state": []}),
    case("STATE_CHANGE tells of each change after the first state", TEST, gate("ALLOW", "out STATE_CHANGE:state"),
         steps("in@1 c@1=true | in@2 c@2=false | in@3 c@3=false | in@4 c@4=true |"),
         packets={"out": same(1, 4), "state": [[2, False], [4, True]]}),
    case("With the initial state disallow, opening first is a change", TEST,
         gate("ALLOW", "out STATE_CHANGE:state", initial_gate_state="GATE_DISALLOW"),
         steps("in@1 c@1=true | in@2 c@2=true |"), packets={"state": [[1, True]]}),
    case("With the initial state allow, shutting first is a change", TEST,
         gate("ALLOW", "out STATE_CHANGE:state", initial_gate_state="GATE_ALLOW"),
         steps("in@1 c@1=false | in@2 c@2=true |"), packets={"state": [[1, False], [2, True]]}),
    case("With the initial state allow, opening first is no change", TEST,
         gate("ALLOW", "out STATE_CHANGE:state", initial_gate_state="GATE_ALLOW"),
         steps("in@1 c@1=true |"), packets={"state": []}),
    case("STATE_CHANGE of DISALLOW tells whether the gate is open, not the control's value", TEST,
         gate("DISALLOW", "out STATE_CHANGE:state"), steps("in@1 c@1=true | in@2 c@2=false | in@3 c@3=true |"),
         packets={"state": [[2, True], [3, False]]}),
]  # fmt: skip

_SIDE = [
    case(f"The side packet {control} {opens} the gate where {value}", TEST, side_gate(control), steps("in@1 in@2"),
         side_packets={"c": value}, packets={"out": same(1, 2) if opens == "opens" else []})
    for control, value, opens in [("ALLOW", True, "opens"), ("ALLOW", False, "shuts"), ("DISALLOW", True, "shuts"),
                                  ("DISALLOW", False, "opens")]
]  # fmt: skip

_OPTION = [
    case("The option allow opens the gate for good", TEST, fixed(allow=True), steps("in@1 in@2"),
         packets={"out": same(1, 2)}),
    case("The option allow false shuts the gate for good", TEST, fixed(allow=False), steps("in@1 in@2"),
         packets={"out": []}),
    case("A gate without any control is shut", TEST, fixed(), steps("in@1 in@2"), packets={"out": []}),
    case("A control stream goes before the option allow", TEST, gate("ALLOW", allow=True),
         steps("in@1 c@1=false in@2 c@2=true"), packets={"out": same(2)}),
]  # fmt: skip

_REFUSED = [
    case("ALLOW and DISALLOW together are refused", TEST,
         graph("in a d", node("GateCalculator", "in ALLOW:a DISALLOW:d", "out", name="gate")), [], error=["gate"]),
    case("A control both as a stream and as a side packet is refused", TEST,
         {**graph("in c", node("GateCalculator", "in ALLOW:c", "out", name="gate", input_side_packet=["ALLOW:s"])),
          "input_side_packet": ["s"]}, [], side_packets={"s": True}, error=["gate"]),
    case("A gate with more inputs than outputs is refused", TEST,
         graph("p q c", node("GateCalculator", "p q ALLOW:c", "out", name="gate")), [], error=["gate"]),
]  # fmt: skip

CASES = [*_STREAM, *_STATE, *_SIDE, *_OPTION, *_REFUSED]
