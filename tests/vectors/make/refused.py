"""Configs that are refused: each rule broken once, and the names that the error must say."""

from tests.vectors.make.building import Json, Steps, back_edge, case, graph, node, steps

VALIDATED = "mediapipe/framework/validated_graph_config_test.cc"
NAMES = "mediapipe/framework/tool/validate_name_test.cc"
TAGS = "mediapipe/framework/tool/tag_map_test.cc"
GRAPH = "mediapipe/framework/calculator_graph_test.cc"
PASS = node("PassThroughCalculator", "a", "out")


def passing(inputs: str, outputs: str, graph_inputs: str = "a") -> Json:
    return graph(graph_inputs, node("PassThroughCalculator", inputs, outputs, name="node"))


def with_field(**fields: object) -> Json:
    return {**graph("a", PASS), **fields}


_BROKEN: list[tuple[str, str, Json, list[str]]] = [
    ("An unknown calculator", GRAPH, graph("a", node("NoSuchCalculator", "a", "out")), ["NoSuchCalculator"]),
    ("A node without a calculator", VALIDATED, graph("a", {"name": "empty", "input_stream": ["a"]}),
        ["calculator"]),
    ("An input that nothing makes", VALIDATED, passing("missing", "out"), ["node", "missing"]),
    ("Two makers of one stream", VALIDATED,
     graph("a", node("PassThroughCalculator", "a", "out", name="first"),
           node("PassThroughCalculator", "a", "out", name="second")), ["second", "out"]),
    ("A node that makes a graph input stream", VALIDATED, passing("a", "a"), ["a"]),
    ("A graph input stream that is named twice", VALIDATED, {**graph("", PASS), "input_stream": ["a", "a"]},
        ["a"]),
    ("Two outputs of one node with the same name", VALIDATED, passing("a b", "x x", "a b"), ["node", "x"]),
    ("A stream's name in capitals", NAMES, passing("a", "Out"), ["Out"]),
    ("A stream's name that starts with a digit", NAMES, passing("a", "1out"), ["1out"]),
    ("A stream's name with a hyphen", NAMES, passing("a", "my-out"), ["my-out"]),
    ("An empty stream name", NAMES, graph("a", {**PASS, "output_stream": ["TAG:"]}), ["TAG:"]),
    ("A tag in small letters", NAMES, passing("tag:a", "tag:out"), ["tag"]),
    ("A tag that starts with a digit", NAMES, passing("1TAG:a", "1TAG:out"), ["1TAG"]),
    ("An index that is no number", TAGS, passing("TAG:x:a", "TAG:0:out"), ["TAG:x:a"]),
    ("A negative index", TAGS, passing("TAG:-1:a", "TAG:0:out"), ["TAG:-1:a"]),
    ("An index that is given twice", TAGS, passing("TAG:0:a TAG:0:b", "TAG:0:x TAG:1:y", "a b"), ["TAG:0"]),
    ("An index that is left out", TAGS, passing("TAG:0:a TAG:2:b", "TAG:0:x TAG:1:y", "a b"), ["TAG"]),
    ("An index without a tag", TAGS, passing(":1:a", "out"), [":1:a"]),
    ("An entry of four parts", TAGS, passing("TAG:0:a:b", "TAG:0:out"), ["TAG:0:a:b"]),
    ("A back edge that names no input", GRAPH,
     graph("a", {**PASS, "name": "node", "input_stream_info": back_edge("LOOP")}), ["node", "LOOP"]),
    ("An unknown input stream handler", "mediapipe/framework/stream_handler/set_input_stream_handler_test.cc",
     graph("a", {**PASS, "name": "node", "input_stream_handler": {"input_stream_handler": "NoSuchHandler"}}),
     ["NoSuchHandler"]),
    ("An unknown handler for the whole graph",
        "mediapipe/framework/stream_handler/set_input_stream_handler_test.cc",
     with_field(input_stream_handler={"input_stream_handler": "NoSuchHandler"}), ["NoSuchHandler"]),
    ("A node on an executor that is not declared", GRAPH + " UndeclaredExecutor",
     graph("a", {**PASS, "name": "node", "executor": "elsewhere"}), ["elsewhere"]),
    ("An executor that is declared twice", GRAPH + " DuplicateExecutorConfig",
     with_field(executor=[{"name": "twice", "type": "ThreadPoolExecutor"}] * 2), ["twice"]),
    ("An executor with the reserved name 'default'", GRAPH + " ReservedNameExecutorConfig",
     with_field(executor=[{"name": "default", "type": "ThreadPoolExecutor"}]), ["default"]),
    ("An executor with the reserved name 'gpu'", GRAPH + " ReservedNameExecutorConfig",
     with_field(executor=[{"name": "gpu", "type": "ThreadPoolExecutor"}]), ["gpu"]),
    ("An executor of an unknown type", GRAPH + " NonExistentExecutor",
     with_field(executor=[{"name": "mine", "type": "NoSuchExecutor"}]), ["NoSuchExecutor"]),
    ("A thread pool without a number of threads", "mediapipe/framework/thread_pool_executor.cc",
     with_field(executor=[{"name": "mine", "type": "ThreadPoolExecutor"}]), ["num_threads"]),
    ("num_threads beside a default executor", GRAPH + " NumThreadsAndDefaultExecutorConfig",
     with_field(num_threads=2, executor=[{"type": "ThreadPoolExecutor"}]), ["num_threads"]),
    ("A pass-through with more inputs than outputs", "mediapipe/calculators/core/pass_through_calculator.cc",
     passing("a b", "out", "a b"), ["node"]),
    ("A pass-through whose tags differ", "mediapipe/calculators/core/pass_through_calculator.cc",
     passing("ONE:a", "TWO:out"), ["node"]),
    ("A flow limiter without FINISHED's partner, the data",
        "mediapipe/calculators/core/flow_limiter_calculator.cc",
     graph("a", node("FlowLimiterCalculator", "FINISHED:a", "out", name="limiter")), ["limiter"]),
    ("A loopback without MAIN", "mediapipe/calculators/core/previous_loopback_calculator.cc",
     graph("a", node("PreviousLoopbackCalculator", "LOOP:a", "PREV_LOOP:out", name="loop")), ["loop"]),
]  # fmt: skip

_AT_RUN: list[tuple[str, str, Json, Steps, list[str]]] = [
    (
        "A packet to a stream that the graph does not have",
        GRAPH,
        graph("a", PASS),
        steps("nowhere@1"),
        ["nowhere"],
    ),
    ("Closing a stream that the graph does not have", GRAPH, graph("a", PASS), steps("nowhere."), ["nowhere"]),
    ("A packet to a stream that a node makes", GRAPH, graph("a", PASS), steps("out@1"), ["out"]),
]

CASES = [
    *(case(f"{name} is refused", source, config, [], error=error) for name, source, config, error in _BROKEN),
    *(
        case(f"{name} is refused", source, config, given, error=error)
        for name, source, config, given, error in _AT_RUN
    ),
]
