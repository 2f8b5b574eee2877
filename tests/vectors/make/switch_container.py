"""SwitchContainer, and the calculators it is made of: which of several nodes has the packets, and when."""

from typing import Any

from tests.vectors.make.building import Json, case, graph, handler, node, same, steps

RUN = "MediaPipe 0.10.21, run"
OPTIONS = "type.googleapis.com/mediapipe.SwitchContainerOptions"
PASS = node("PassThroughCalculator")
SHUT = node("GateCalculator", options={"allow": False})


def switch(inputs: str, outputs: str, *contained: Json, side: str = "", **options: Any) -> Json:
    """A container named "switch"."""
    stated = {"@type": OPTIONS, "contained_node": list(contained), **options}
    more: dict[str, Any] = {"input_side_packet": side.split()} if side else {}
    return node("SwitchContainer", inputs, outputs, name="switch", node_options=[stated], **more)


def selected(*contained: Json, **options: Any) -> Json:
    return graph("in select", switch("SELECT:select in", "out", *(contained or (PASS, SHUT)), **options))


ENABLED = graph("in enable", switch("ENABLE:enable in", "out", PASS, SHUT))
THREE = selected(PASS, SHUT, PASS)

_STATIC = [
    case("Without a choice the first contained node has the packets", RUN,
         graph("in", switch("in", "out", PASS, SHUT)), steps("in@0 | in@1 |"), packets={"out": same(0, 1)}),
    case("The option select chooses the contained node", RUN,
         graph("in", switch("in", "out", SHUT, PASS, select=1)), steps("in@0 |"), packets={"out": same(0)}),
    case("The option enable chooses the second contained node", RUN,
         graph("in", switch("in", "out", PASS, SHUT, enable=True)), steps("in@0 |"), packets={"out": []}),
    case("The side packet SELECT goes before the option", RUN,
         graph("in", switch("in", "out", PASS, SHUT, side="SELECT:s", select=1), input_side_packet=["s"]),
         steps("in@0 |"), side_packets={"s": 0}, packets={"out": same(0)}),
    case("The side packet ENABLE chooses between two contained nodes", RUN,
         graph("in", switch("in", "out", SHUT, PASS, side="ENABLE:s"), input_side_packet=["s"]),
         steps("in@0 |"), side_packets={"s": True}, packets={"out": same(0)}),
    case("A side packet SELECT that is not given leaves the choice as it is", RUN,
         graph("in", switch("in", "out", SHUT, PASS, side="SELECT:s", select=1), input_side_packet=["s"]),
         steps("in@0 |"), packets={"out": same(0)}),
    case("A constant side packet chooses the contained node", RUN,
         graph("in", node("ConstantSidePacketCalculator", options={"packet": [{"int_value": 1}]},
                          output_side_packet=["PACKET:s"]),
               switch("in", "out", SHUT, PASS, side="SELECT:s")), steps("in@0 |"), packets={"out": same(0)}),
    case("A side packet that a calculator makes chooses the contained node", "our own",
         graph("in", node("SideTestCalculator", options={"value": 1}, output_side_packet=["s"]),
               switch("in", "out", SHUT, PASS, side="SELECT:s")), steps("in@0 |"), packets={"out": same(0)}),
]  # fmt: skip

_STREAM = [
    case("The stream SELECT chooses the contained node from its timestamp on", RUN, selected(),
         steps("in@0 select@0=0 | in@1 | select@1=0 | select@2=1 in@2 | in@3 | select@3=0 in@4 select@4=0 |"),
         packets={"out": same(0, 1, 3, 4)}),
    case("The stream ENABLE chooses between two contained nodes", RUN, ENABLED,
         steps("in@0 enable@0=false | in@1 enable@1=true | in@2 enable@2=false |"), packets={"out": same(0, 2)}),
    case("Packets wait until their channel is known", RUN, THREE,
         steps("in@5 | in@12 | in@15 | in@20 | select@0=0 | select@10=2 | select@20=1 |"),
         packets={"out": same(5, 12, 15)}),
    case("A choice that is ahead of the packets is kept for them", RUN, THREE,
         steps("select@0=0 | select@10=2 | select@20=1 | in@5 | in@12 | in@15 | in@20 |"),
         packets={"out": same(5, 12, 15)}),
    case("A bound of SELECT settles its choice further", RUN, selected(),
         steps("select@0=0 | in@5 | select<6 | in@7 | select@8=1 in@9 |"), packets={"out": same(5, 7)}),
    case("Before the first choice the option select counts", RUN, selected(select=1),
         steps("select@10=0 | in@5 | in@12 | select@20=0 | in@20 |"), packets={"out": same(12, 20)}),
    case("The last choice lasts when SELECT has ended", RUN, selected(),
         steps("select@0=0 | select. | in@5 | in@7 |"), packets={"out": same(5, 7)}),
    case("A channel that does not exist has its packets dropped", RUN, selected(),
         steps("in@0 select@0=5 | in@1 select@1=-1 | in@2 select@2=0 |"), packets={"out": same(2)}),
    case("What a container makes is named after it and the channel", RUN, selected(),
         steps("in@0 select@0=0 | in@1 select@1=1 |"),
         packets={"switch__c0__in": same(0), "switch__c0__out": same(0), "switch__c1__in": same(1),
                  "switch__c1__out": [], "out": same(0)}),
    case("Several streams are switched together, each at its own pace", RUN,
         graph("a b select", switch("SELECT:select A:a B:b", "A:x B:y", PASS, PASS)),
         steps("select@0=0 | a@0 | a@1 | b@0 | select@5=1 | a@6 | b@7 | a@8 select@10=0 |"),
         packets={"x": same(0, 1, 6, 8), "y": same(0, 7)}),
    case("The side packets of the channel that is chosen at the start come out", RUN,
         graph("select", switch("SELECT:select", "", *(node("ConstantSidePacketCalculator",
               options={"packet": [{"int_value": value}]}) for value in (7, 8)), select=1)
               | {"output_side_packet": ["PACKET:p"]}), [], output_side_packets={"p": 8}),
    case("A container within a container has both names", RUN,
         graph("in select", switch("SELECT:select in", "out", PASS,
               switch("in", "out", SHUT, PASS, select=1) | {"input_stream": [], "output_stream": []})),
         steps("in@0 select@0=0 | in@1 select@1=1 |"), packets={"out": same(0, 1)}),
]  # fmt: skip

TOLD = node("PacketPresenceCalculator", "PACKET:out", "PRESENCE:told")

_STREAM += [
    case("The end of its inputs settles a switch's output up to Max, and is no timestamp to those behind it", RUN,
         graph("in select", switch("SELECT:select in", "out", SHUT, PASS), TOLD), steps("in@1 | in. | select. |"),
         packets={"out": [], "told": [[1, False]]}, bounds={"out": [1, "Max"], "told": []}),
    case("A switch without any packet tells those behind it nothing", RUN,
         graph("in select", switch("SELECT:select in", "out", SHUT, PASS), TOLD), steps("select. | in. |"),
         packets={"out": [], "told": []}, bounds={"out": ["Max"], "told": []}),
]  # fmt: skip

MUX = node("SwitchMuxCalculator", "SELECT:select C0__A:p C1__A:q", "A:x")
DEMUX = node("SwitchDemuxCalculator", "SELECT:select A:p", "C0__A:x C1__A:y")

_PARTS = [
    case("What a switch gives does not wait for the channel that was active before", RUN + ", step by step",
         graph("in select probe", switch("SELECT:select in", "out", PASS, PASS),
               node("ImmediateLogTestCalculator", "out probe", "log")),
         steps("in@0 select@0=0 | select@2=1 in@2 | probe@2 | in@9 select@9=0 |"),
         packets={"log": [[0, [0, [0, None]]], [1, [2, [2, None]]], [2, [2, [None, 2]]], [3, [9, [9, None]]]]}),
    case("A packet sequencer gives packets timestamps behind the last tick, and settles each tick", RUN,
         graph("in tick", node("PacketSequencerCalculator", "INPUT:in TICK:tick", "OUTPUT:out",
                               input_stream_handler=handler("Default"))),
         steps("in@0 tick@0 | in@5 | tick@5 | in@6 tick@6 | in@9 | in@10 tick@10 |"),
         packets={"out": [["Min", 0], [1, 5], [6, 6], [7, 9], [10, 10]]}, bounds={"out": [0, 5, 9]}),
    case("A switch mux gives what the active channel has", RUN, graph("p q select", MUX),
         steps("p@0 q@0 select@0=0 | p@1 q@1 | select@1=1 | p@2 q@2 select@3=0 | p@5 q@5 |"),
         packets={"x": same(0, 1, 2, 5)}),
    case("A switch mux drops what a channel gives beyond its time", RUN, graph("p q select", MUX),
         steps("select@0=0 | select@10=1 | q@3 q@12 | p@4 | p@11 | p@12 | q@15 |"),
         packets={"x": same(4, 12, 15)}),
    case("A switch demux gives each packet to the channel of its timestamp", RUN, graph("p select", DEMUX),
         steps("p@0 select@0=0 | p@1 | select@1=1 | p@2 select@3=0 | p@5 |"),
         packets={"x": same(0, 5), "y": same(1, 2)}),
    case("A switch demux takes packets before the stream as others", RUN, graph("p select", DEMUX),
         steps("p@PreStream | select@0=0 |"), packets={"x": same("PreStream"), "y": []}),
]  # fmt: skip

_REFUSED = [
    case(f"A switch container with {what} is refused", source, config, [], error=error)
    for what, source, config, error in [
        ("both choices as streams", RUN,
         graph("in a b", switch("SELECT:a ENABLE:b in", "out", PASS, PASS)), ["switch", "SELECT", "ENABLE"]),
        ("both choices as side packets", RUN,
         graph("in", switch("in", "out", PASS, PASS, side="SELECT:a ENABLE:b"), input_side_packet=["a", "b"]),
         ["switch", "SELECT", "ENABLE"]),
        ("both choices as options", RUN,
         graph("in", switch("in", "out", PASS, PASS, select=0, enable=True)), ["switch", "select", "enable"]),
        ("no contained node", RUN, graph("in", switch("in", "out")), ["switch", "0 nodes"]),
    ]
]  # fmt: skip

CASES = [*_STATIC, *_STREAM, *_PARTS, *_REFUSED]
