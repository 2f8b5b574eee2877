"""Queue limits, and packets that wait for a slow or silent stream."""

from tests.vectors.make.building import Json, case, graph, node, numbered, packets, same, steps

GRAPH = "mediapipe/framework/calculator_graph_test.cc"
PROTO = "mediapipe/framework/calculator.proto"
OWN = {
    "name": "own",
    "type": "ThreadPoolExecutor",
    "options": {"[mediapipe.ThreadPoolExecutorOptions.ext]": {"num_threads": 2}},
}
JOIN = node("JoinTestCalculator", "a b", "out")


def counted(*nodes: Json, number: int = 10, **more: object) -> Json:
    """A source of `number` packets, and a graph input `b`."""
    return {**graph("b", node("CountTestCalculator", "", "a", {"count": number}, name="source"), *nodes), **more}


CASES = [
    case("Packets wait in a queue for the other stream, however many", PROTO,
         graph("a b", JOIN, max_queue_size=-1),
         [*packets("a", *range(150)), *packets("b", *range(150))],
         packets={"out": [[at, [at, at]] for at in range(150)]}),
    case("A source that fills a queue waits, and loses nothing", PROTO,
         graph("", node("CountTestCalculator", "", "a", {"count": 20}), node("PassThroughCalculator", "a", "out"),
               max_queue_size=2), [], packets={"out": [[at, at + 1] for at in range(20)]}),
    case("A queue limit of 1 keeps the order", PROTO,
         graph("", node("CountTestCalculator", "", "a", {"count": 5}), node("PassThroughCalculator", "a", "x"),
               node("PassThroughCalculator", "x", "out"), max_queue_size=1), [],
         packets={"out": [[at, at + 1] for at in range(5)]}),
    case("Where everything is stuck on full queues, they grow", PROTO,
         graph("", node("CountTestCalculator", "", "a", {"count": 8}),
               node("SummaryTestCalculator", "a", "all"), node("JoinTestCalculator", "a all", "out"),
               max_queue_size=2),
         [], packets={"all": [["Max", [1, 2, 3, 4, 5, 6, 7, 8]]],
                      "out": [*([at, [at + 1, None]] for at in range(8)), ["Max", [None, [1, 2, 3, 4, 5, 6, 7,
                      8]]]]}),
    case("Where everything is stuck and deadlocks are reported, the run fails", PROTO + " report_deadlock",
         graph("", node("CountTestCalculator", "", "a", {"count": 8}),
               node("SummaryTestCalculator", "a", "all"), node("JoinTestCalculator", "a all", "out", name="join"),
               max_queue_size=2, report_deadlock=True), [], error=["a"]),
    case("A queue's limit does not report a deadlock where nothing is stuck", PROTO + " report_deadlock",
         graph("", node("CountTestCalculator", "", "a", {"count": 8}), node("PassThroughCalculator", "a", "out"),
               max_queue_size=2, report_deadlock=True), [], packets={"out": [[at, at + 1] for at in range(8)]}),
    case("A source waits for the graph's input, and its packets are all joined", PROTO, counted(JOIN,
         max_queue_size=3),
         steps("b@0 b@5 b@9"),
         packets={"out": [[at, [at + 1, at if at in (0, 5, 9) else None]] for at in range(10)]}),
    case("One slow branch holds no packet of the other back", GRAPH,
         graph("a b", node("PassThroughCalculator", "a", "fast"), node("LogTestCalculator", "a b", "slow")),
         steps("a@1 | a@2 | a@3 | b@3 |"),
         packets={"fast": same(1, 2, 3), "slow": numbered([1, [1, None]], [2, [2, None]], [3, [3, 3]])}),
    case("With several invocations in flight the outputs stay in order",
         "mediapipe/framework/calculator_parallel_execution_test.cc",
         graph("a", {**node("PassThroughCalculator", "a", "out"), "max_in_flight": 4}),
         packets("a", *range(30)), packets={"out": same(*range(30))}),
    case("A buffer size hint changes no output", PROTO,
         graph("a", {**node("PassThroughCalculator", "a", "out"), "buffer_size_hint": 8}), packets("a", 1, 2, 3),
         packets={"out": same(1, 2, 3)}),
    case("A node on a thread pool of its own gives the same", GRAPH + " RunsCorrectlyWithMultipleExecutors",
         graph("a", {**node("PassThroughCalculator", "a", "x"), "executor": "own"},
               node("PassThroughCalculator", "x", "out"), executor=[OWN]),
         packets("a", 1, 2, 3), packets={"out": same(1, 2, 3)}),
    case("One thread for the whole graph gives the same", GRAPH,
         graph("a", node("PassThroughCalculator", "a", "x"), node("PassThroughCalculator", "x", "out"),
         num_threads=1),
         packets("a", 1, 2, 3), packets={"out": same(1, 2, 3)}),
]  # fmt: skip
