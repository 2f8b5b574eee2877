"""The smaller flow-control calculators: merge, mux, cloner, thinner, resampler, demux, loops over vectors."""

from tests.vectors.make.building import Json, case, graph, handler, node, same, settled, steps

CORE = "mediapipe/calculators/core/"
MERGE = CORE + "merge_calculator_test.cc"
MUX = CORE + "mux_calculator_test.cc"
IMMEDIATE_MUX = CORE + "immediate_mux_calculator_test.cc"
CLONER = CORE + "packet_cloner_calculator_test.cc"
THINNER = CORE + "packet_thinner_calculator_test.cc"
RESAMPLER = CORE + "packet_resampler_calculator_test.cc"
DEMUX = CORE + "round_robin_demux_calculator.cc"
BEGIN_LOOP = CORE + "begin_end_loop_calculator_graph_test.cc"
RUN = "MediaPipe 0.10.21, run"

MERGED = graph("a b c", node("MergeCalculator", "a b c", "out"))

_MERGE = [
    case("Merge gives the packet of whichever stream has one", MERGE, MERGED, steps("a@1 b@2 c@3 a@4"),
         packets={"out": same(1, 2, 3, 4)}),
    case("Of two packets at one timestamp merge gives the first stream's", MERGE, MERGED,
         steps('a@1="a" b@1="b" b@2="b" c@2="c" a@3="a" c@3="c"'), packets={"out": [[1, "a"], [2, "b"], [3,
         "a"]]}),
    case("Merge waits until a timestamp is settled on all of its streams", MERGE, MERGED,
         steps('c@1="c" | b@1="b" | a@1="a" |'), packets={"out": [[1, "a"]]}),
    case("Merge goes on when a stream has ended", MERGE, MERGED, steps("a@1 a. | b@2 b@3 c@3"),
         packets={"out": same(1, 2, 3)}),
    case("Merge may have one stream alone", RUN, graph("a", node("MergeCalculator", "a", "out")), steps("a@1"),
         packets={"out": same(1)}),
]  # fmt: skip


def mux(count: int) -> Json:
    inputs = " ".join(f"INPUT:{index}:i{index}" for index in range(count))
    names = " ".join(f"i{index}" for index in range(count))
    return graph(f"{names} s", node("MuxCalculator", f"{inputs} SELECT:s", "OUTPUT:out"))


def side_mux(selected: int) -> Json:
    made = node("MuxCalculator", "INPUT:0:i0 INPUT:1:i1", "OUTPUT:out", input_side_packet=["SELECT:s"])
    return {**graph("i0 i1", made), "input_side_packet": ["s"]}


_MUX = [
    case("Mux gives the selected stream's packet at each timestamp", MUX, mux(3),
         steps('i0@1="a" i1@1="b" i2@1="c" s@1=1 | i0@2="d" i1@2="e" i2@2="f" s@2=2 | i0@3="g" s@3=0'),
         packets={"out": [[1, "b"], [2, "f"], [3, "g"]]}),
    case("Mux with a side packet gives one stream throughout", MUX, side_mux(1),
         steps('i0@1="a" i1@1="b" i0@2="c" i1@2="d"'), side_packets={"s": 1}, packets={"out": [[1, "b"], [2,
         "d"]]}),
]  # fmt: skip

IMMEDIATE_MUXED = graph(
    "a b", node("ImmediateMuxCalculator", "a b", "out", input_stream_handler=handler("Immediate"))
)

_IMMEDIATE = [
    case("Without a policy of its own the immediate mux waits as any calculator does", IMMEDIATE_MUX,
         graph("a b", node("ImmediateMuxCalculator", "a b", "out")),
         steps('a@1="a" | b@2="b" | a@3="a" | b@3="b" |'),
         packets={"out": [[1, "a"], [2, "b"], [3, "a"]]}),
    case("The immediate mux gives each packet as it comes", IMMEDIATE_MUX,
         IMMEDIATE_MUXED, steps('a@1="a" | b@2="b" | a@3="a" |'),
         packets={"out": [[1, "a"], [2, "b"], [3, "a"]]}),
    case("The immediate mux drops a packet that is not later than the last one given", IMMEDIATE_MUX,
         IMMEDIATE_MUXED,
         steps('a@5="a" | b@3="b" | b@5="b" | b@6="b" |'),
         packets={"out": [[5, "a"], [6, "b"]]}),
    case("The immediate mux goes on when one of its streams has ended", IMMEDIATE_MUX,
         IMMEDIATE_MUXED, steps("a. | b@3 | b@4 |"),
         packets={"out": same(3, 4)}),
    case("The immediate mux does not wait for a silent stream", IMMEDIATE_MUX,
         IMMEDIATE_MUXED, steps("a@1 | a@2 |"), packets={"out": same(1,
         2)}),
]  # fmt: skip


def cloner(**options: bool) -> Json:
    return graph("a b tick", node("PacketClonerCalculator", "a b TICK:tick", "x y", options))


_CLONER = [
    case("The cloner repeats the last packets at each tick", CLONER, cloner(),
         steps('a@1="a" b@2="b" tick@5 tick@7 a@8="new" tick@9'),
         packets={"x": [[5, "a"], [7, "a"], [9, "new"]], "y": [[5, "b"], [7, "b"], [9, "b"]]}),
    case("A stream that had no packet yet is not repeated", CLONER, cloner(),
         steps('a@1="a" tick@3 b@4="b" tick@5'),
         packets={"x": [[3, "a"], [5, "a"]], "y": [[5, "b"]]}),
    case("The cloner may wait until every stream had a packet", CLONER,
         cloner(output_only_when_all_inputs_received=True), steps('a@1="a" tick@3 b@4="b" tick@5'),
         packets={"x": [[5, "a"]], "y": [[5, "b"]]}),
    case("A packet at the tick's own timestamp is repeated there", CLONER, cloner(),
         steps('a@3="a" b@3="b" tick@3'),
         packets={"x": [[3, "a"]], "y": [[3, "b"]]}),
    case("Without a tick the cloner gives nothing", CLONER, cloner(), steps('a@1="a" b@2="b"'), packets={"x": [],
         "y": []}),
]  # fmt: skip


def thinner(**options: object) -> Json:
    return graph("a", node("PacketThinnerCalculator", "a", "out", dict(options)))


_THINNER = [
    case("The asynchronous thinner leaves at least a period between packets", THINNER,
         thinner(thinner_type="ASYNC", period=5), steps("a@2 a@4 a@6 a@8 a@10 a@12 a@14"), packets={"out": same(2,
         8, 14)}),
    case("The thinner is asynchronous unless it is told", THINNER, thinner(period=5), steps("a@2 a@4 a@7 a@8"),
         packets={"out": same(2, 7)}),
    case("A packet exactly a period after the last is kept", THINNER, thinner(thinner_type="ASYNC", period=3),
         steps("a@0 a@2 a@3 a@5 a@6"), packets={"out": same(0, 3, 6)}),
    case("A period of 1 keeps every packet", THINNER, thinner(), steps("a@0 a@1 a@2"), packets={"out": same(0, 1,
         2)}),
    case("The thinner starts at its start time", THINNER, thinner(thinner_type="ASYNC", period=2, start_time=4),
         steps("a@1 a@3 a@4 a@5 a@6"), packets={"out": same(4, 6)}),
    case("The thinner ends before its end time", THINNER, thinner(thinner_type="ASYNC", period=2, end_time=4),
         steps("a@0 a@2 a@4 a@6"), packets={"out": same(0, 2)}),
    case("The synchronous thinner stamps the nearest packets with the periods' times", THINNER,
         thinner(thinner_type="SYNC", period=5), steps("a@1 a@4 a@7 a@9 a@12"), packets={"out": [[0, 1], [5, 4],
         [10, 9]]}),
    case("Of two packets equally near the synchronous thinner takes the later", THINNER,
         thinner(thinner_type="SYNC", period=4), steps("a@7 a@9 a@12"), packets={"out": [[8, 9], [12, 12]]}),
    case("The synchronous thinner may leave the packets their own times", THINNER,
         thinner(thinner_type="SYNC", period=5, sync_output_timestamps=False), steps("a@1 a@4 a@7 a@9 a@12"),
         packets={"out": same(1, 4, 9)}),
]  # fmt: skip


def resampler(rate: float, **options: object) -> Json:
    return graph("a", node("PacketResamplerCalculator", "DATA:a", "DATA:out", {"frame_rate": rate, **options}))


def _resampled(name: str, rate: int, given: str, frames: str, stamps: str) -> Json:
    """Each packet's payload is its old timestamp; `frames` are the payloads, `stamps` the new timestamps."""
    words = " ".join(f"a@{at}" for at in given.split())
    expected = [[int(at), int(frame)] for at, frame in zip(stamps.split(), frames.split(), strict=True)]
    return case(name, RESAMPLER, resampler(rate), steps(words), packets={"out": expected})


_RESAMPLER = [
    case("No packets are resampled to none", RESAMPLER, resampler(30), [], packets={"out": []}),
    _resampled("One packet is resampled to one", 30, "0", "0", "0"),
    _resampled("The first packet's timestamp is where resampling starts", 30, "16668", "16668", "16668"),
    _resampled("A packet short of half a frame later is dropped", 30, "0 16666", "0", "0"),
    _resampled("A packet half a frame later becomes the next frame", 30, "0 16667", "0 16667", "0 33333"),
    _resampled("A packet short of one and a half frames later is the next frame", 30, "0 49999", "0 49999",
        "0 33333"),
    _resampled("A gap of one frame is filled", 30, "0 50000", "0 0 50000", "0 33333 66667"),
    _resampled("A gap of two frames is filled", 30, "2000 118666", "2000 2000 2000 118666",
        "2000 35333 68667 102000"),
    _resampled("Packets at the frame rate stay as they are", 30, "0 33333 66667 100000 133333",
               "0 33333 66667 100000 133333", "0 33333 66667 100000 133333"),
    _resampled("Of several packets in a frame the one nearest to its centre stays", 30,
               "0 16666 16667 20000 33300 49999 50000 66600", "0 33300 66600", "0 33333 66667"),
    _resampled("A gap is filled with the latest packet, not with the best one", 30,
               "0 5000 16666 83334", "0 16666 16666 83334", "0 33333 66667 100000"),
    _resampled("A gap after a frame's best packet is filled with the latest one", 30,
               "0 16666 16667 25000 33000 35000 135000", "0 33000 35000 35000 135000",
               "0 33333 66667 100000 133333"),
    _resampled("Half a million frames a second are one in two microseconds", 500000, "0 10 13",
               "0 0 0 0 0 10 10 13", "0 2 4 6 8 10 12 14"),
    _resampled("Negative timestamps within a frame are one frame", 30, "-200 -20 16466", "-200", "-200"),
    _resampled("Negative timestamps start a row of frames", 30, "-500 66667", "-500 -500 66667",
        "-500 32833 66167"),
    _resampled("Frames before zero and after it are one row", 30, "-50000 -33334 33334",
               "-50000 -33334 -33334 33334", "-50000 -16667 16667 50000"),
    _resampled("A whole number of microseconds a frame", 50, "0 9999 29999", "0 29999", "0 20000"),
    _resampled("A gap in a row of whole microseconds is filled", 50, "0 10000 50000", "0 10000 10000 50000",
               "0 20000 40000 60000"),
]  # fmt: skip

_RESAMPLER_OPTIONS = [
    case("With a base timestamp the frames are aligned to it", RESAMPLER, resampler(30, base_timestamp=0),
         steps(" ".join(f"a@{at}" for at in (32000, 66000, 101000))),
         packets={"out": [[33333, 32000], [66666, 66000], [100000, 101000]]}),
    case("A base timestamp may lie after the packets", RESAMPLER, resampler(30, base_timestamp=900000),
         steps(" ".join(f"a@{at}" for at in (33111, 66667))), packets={"out": [[33333, 33111], [66666, 66667]]}),
    case("Frames before the start time and from the end time on are left out", RESAMPLER,
         resampler(50, start_time=20000, end_time=60000),
         steps(" ".join(f"a@{at}" for at in range(0, 100000, 20000))), packets={"out": same(20000, 40000)}),
    case("Rounded limits take in the frames that are nearest to them", RESAMPLER,
         resampler(50, start_time=29000, end_time=51000, round_limits=True),
         steps(" ".join(f"a@{at}" for at in range(0, 100000, 20000))), packets={"out": same(20000, 40000, 60000)}),
    case("Without rounded limits the frame before the start time is left out", RESAMPLER,
         resampler(50, start_time=29000, end_time=51000),
         steps(" ".join(f"a@{at}" for at in range(0, 100000, 20000))), packets={"out": same(40000)}),
    case("The last packet is given in the frame that it began", RESAMPLER, resampler(30, flush_last_packet=True),
         steps("a@0 a@16667"), packets={"out": [[0, 0], [33333, 16667]]}),
    case("Without flush_last_packet the last frame waits for a packet behind it", RESAMPLER,
         resampler(30, flush_last_packet=False), steps("a@0 a@16667"), packets={"out": [[0, 0]]}),
    case("An output header of the resampler has no effect on a stream without one", RESAMPLER,
         resampler(30, output_header="PASS_HEADER"), steps("a@0"), packets={"out": same(0)}),
    *(case(f"A resampler with {name} is refused", RESAMPLER, config, [],
           error=["PacketResamplerCalculator", word])
      for name, config, word in [
          ("jitter", resampler(30, jitter=0.1), "jitter"),
          ("reproducible sampling", resampler(30, reproducible_sampling=True), "reproducible_sampling"),
          ("a frame rate of 0", resampler(0), "frame_rate"),
          ("a frame rate above a million", resampler(1_000_001), "frame_rate"),
      ]),
]  # fmt: skip

_PRESENCE = [
    case("Presence needs no payload of a kind", CORE + "packet_presence_calculator_test.cc",
         graph("a", node("PacketPresenceCalculator", "PACKET:a", "PRESENCE:out")),
         settled(*steps('a@1="x" a<4 a@5=null')),
         packets={"out": [[1, True], [3, False], [5, True]]}),
    case("Presence tells a gate what passed it", CORE + "packet_presence_calculator_test.cc",
         graph("a c", node("GateCalculator", "a ALLOW:c", "x"), node("PacketPresenceCalculator", "PACKET:x",
         "PRESENCE:out")),
         settled(*steps("c@1=true a@1 c@2=false a@2 c@3=true a@3")), packets={"out": [[1, True], [2, False], [3,
         True]]}),
]  # fmt: skip

_DEMUX = [
    case("The demux gives each output its turn", DEMUX,
         graph("a", node("RoundRobinDemuxCalculator", "a", "OUTPUT:0:x OUTPUT:1:y OUTPUT:2:z")),
         steps("a@1 a@2 a@3 a@4 a@5"), packets={"x": same(1, 4), "y": same(2, 5), "z": same(3)}),
    case("The demux tells which output it chose", DEMUX,
         graph("a", node("RoundRobinDemuxCalculator", "a", "OUTPUT:0:x OUTPUT:1:y SELECT:s")),
         steps("a@1 a@2 a@3"),
         packets={"x": same(1, 3), "y": same(2), "s": [[1, 0], [2, 1], [3, 0]]}),
    case("What the demux parted the mux joins in the old order", DEMUX,
         graph("a", node("RoundRobinDemuxCalculator", "a", "OUTPUT:0:x OUTPUT:1:y SELECT:s"),
               node("MuxCalculator", "INPUT:0:x INPUT:1:y SELECT:s", "OUTPUT:out")), steps("a@1 a@2 a@3 a@4"),
         packets={"out": same(1, 2, 3, 4)}),
]  # fmt: skip

_PASS = [
    case("Pass-through takes side packets along", CORE + "pass_through_calculator.cc",
         {**graph("a", node("PassThroughCalculator", "a", "out", input_side_packet=["s"],
         output_side_packet=["t"])),
          "input_side_packet": ["s"], "output_side_packet": ["t"]}, steps("a@1"), side_packets={"s": 5},
         packets={"out": same(1)}, output_side_packets={"t": 5}),
    case("Pass-through takes tagged streams along by their tags", CORE + "pass_through_calculator.cc",
         graph("a b", node("PassThroughCalculator", "ONE:a TWO:b", "TWO:y ONE:x")), steps("a@1 b@2"),
         packets={"x": same(1), "y": same(2)}),
]  # fmt: skip

BEGIN = node("BeginLoopCalculator", "ITERABLE:a", "ITEM:item BATCH_END:end")
LOOP = graph("a", BEGIN)
WHOLE_LOOP = graph("a", BEGIN, node("ScaleTestCalculator", "item", "scaled", {"by": 10}),
                   node("EndLoopCalculator", "ITEM:scaled BATCH_END:end", "ITERABLE:out"))  # fmt: skip

_LOOPS = [
    case("A loop over a vector gives its items at timestamps of their own", BEGIN_LOOP, LOOP, steps("a@5=[7,8,9]"),
         packets={"item": [[0, 7], [1, 8], [2, 9]]}),
    case("Vectors follow one another in the loop", BEGIN_LOOP, LOOP, steps("a@5=[7,8] | a@10=[1] |"),
         packets={"item": [[0, 7], [1, 8], [2, 1]]}),
    case("An empty vector gives no item, and its turn passes", BEGIN_LOOP, LOOP, steps("a@5=[] | a@10=[1,2] |"),
         packets={"item": [[1, 1], [2, 2]]}),
    case("A loop clones another stream's packet for each item", BEGIN_LOOP,
         graph("a c", node("BeginLoopCalculator", "ITERABLE:a CLONE:c", "ITEM:item CLONE:copy BATCH_END:end")),
         steps('a@5=[7,8] c@5="c" | a@10=[9] c@10="d" |'),
         packets={"item": [[0, 7], [1, 8], [2, 9]], "copy": [[0, "c"], [1, "c"], [2, "d"]]}),
    case("The items of a loop are gathered into vectors at the old timestamps", BEGIN_LOOP, WHOLE_LOOP,
         steps("a@5=[7,8,9] a@10=[1]"), packets={"out": [[5, [70, 80, 90]], [10, [10]]]}),
    case("An empty vector comes out of the loop as a bound", BEGIN_LOOP, WHOLE_LOOP,
         steps("a@5=[7] | a@10=[] | a@15=[1] |"), packets={"out": [[5, [70]], [15, [10]]]}),
]  # fmt: skip

CASES = [
    *_MERGE,
    *_MUX,
    *_IMMEDIATE,
    *_CLONER,
    *_THINNER,
    *_RESAMPLER,
    *_RESAMPLER_OPTIONS,
    *_PRESENCE,
    *_DEMUX,
    *_PASS,
    *_LOOPS,
]
