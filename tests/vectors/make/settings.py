"""What is set rather than connected: batches, several calls at once, hints, executors."""

from tests.vectors.make.building import Json, case, graph, handler, node, numbered, same, steps

PROTO = "mediapipe/framework/calculator.proto"
DEFAULT = "mediapipe/framework/stream_handler/default_input_stream_handler_test.cc"
BATCH = {"input_stream_handler": handler("Default", batch_size=3)}


def passing(**more: object) -> Json:
    return node("PassThroughCalculator", "a", "out", None, **more)


def pooled(*names: str) -> Json:
    """The field `executor` for thread pools of these names."""
    options = {"[mediapipe.ThreadPoolExecutorOptions.ext]": {"num_threads": 2}}
    return {"executor": [{"name": name, "type": "ThreadPoolExecutor", "options": options} for name in names]}


_BATCHES = [
    case("A batch is processed when it is whole, and what is left over at the end", DEFAULT,
         graph("a", passing(**BATCH)), steps("a@1 | a@2 | a@3 | a@4 |"), packets={"out": same(1, 2, 3, 4)}),
    case("Until a batch is whole nothing comes out", DEFAULT,
         graph("a b", passing(**BATCH), node("PassThroughCalculator", "b", "free"),
               node("ImmediateLogTestCalculator", "out free", "log")),
         steps("a@1 | a@2 | b@1 | a@3 | b@2 |"),
         packets={"log": numbered([1, [None, 1]], [1, [1, None]], [2, [2, None]], [3, [3, None]],
                                  [2, [None, 2]])}),
    case("The bound of a batch's output stays before its first packet", DEFAULT,
         graph("a b", passing(**BATCH), node("JoinTestCalculator", "out b", "join")),
         steps("a@2 | b@1 b@2 | a@3 | b@3 | a<9 |"),
         packets={"join": [[1, [None, 1]], [2, [2, 2]], [3, [3, 3]]]}),
    case("A batch of a whole graph's handler is that of each of its nodes", DEFAULT,
         {**graph("a", node("PassThroughCalculator", "a", "x"), node("PassThroughCalculator", "x", "out")),
          **BATCH},
         steps("a@1 a@2 a@3 a@4 |"), packets={"x": same(1, 2, 3, 4), "out": same(1, 2, 3, 4)}),
    case("A run that fails drops what a batch has gathered", "our own",
         graph("a b", passing(**BATCH), node("FailTestCalculator", "b", "x", {"where": "process"}, name="fails")),
         steps('a@1 | b@5="fail" |'), packets={"out": []}, error=["fails", "on purpose"]),
]  # fmt: skip

_FLIGHT = [
    case("Several calls at once leave their node in order", PROTO + " max_in_flight",
         graph("a", passing(max_in_flight=4), max_queue_size=2), steps(" ".join(f"a@{at}" for at in range(20))),
         packets={"out": same(*range(20))}),
    case("The output policy that there is may be named", PROTO + " output_stream_handler",
         graph("a", passing(max_in_flight=2, output_stream_handler={
             "output_stream_handler": "InOrderOutputStreamHandler"})),
         steps("a@1 a@2"), packets={"out": same(1, 2)}),
    case("A buffer size hint lets its node's queue grow beyond the limit", PROTO + " buffer_size_hint",
         graph("a b", node("JoinTestCalculator", "a b", "out", buffer_size_hint=5), max_queue_size=1,
               report_deadlock=True),
         steps("a@1 a@2 a@3 a@4 | b@1 b@2 b@3 b@4 |"),
         packets={"out": [[at, [at, at]] for at in (1, 2, 3, 4)]}),
]  # fmt: skip

_EXECUTORS = [
    case("A node runs on an executor that the graph declares", PROTO + " executor",
         graph("a", passing(executor="pool"), **pooled("pool")), steps("a@1 a@2"), packets={"out": same(1, 2)}),
    case("The executor without a name is the default one", PROTO + " executor",
         graph("a", passing(), **pooled("")), steps("a@1 a@2"), packets={"out": same(1, 2)}),
    case("A graph may run on the thread of its application", PROTO + " executor",
         graph("a", passing(), executor=[{"type": "ApplicationThreadExecutor"}]), steps("a@1"),
         packets={"out": same(1)}),
    case("A profiler's config and the runtime's are read", PROTO + " profiler_config, runtime_info",
         graph("a", passing(), profiler_config={"trace_enabled": False},
               runtime_info={"enable_graph_runtime_info": False}), steps("a@1"), packets={"out": same(1)}),
]  # fmt: skip

_REFUSED = [
    case(f"{what} is refused", PROTO, config, [], error=error)
    for what, config, error in [
        ("A profiler's option that there is not", graph("a", passing(), profiler_config={"trace_on": True}),
         ["trace_on"]),
        ("A batch_size of 0", graph("a", passing(input_stream_handler=handler("Default", batch_size=0))),
         ["PassThrough", "batch_size"]),
    ]
]  # fmt: skip

CASES = [*_BATCHES, *_FLIGHT, *_EXECUTORS, *_REFUSED]
