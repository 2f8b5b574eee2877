"""Names, tags and indices that are right, and what they mean."""

from tests.vectors.make.building import Json, case, graph, node, same, steps

NAMES = "mediapipe/framework/tool/validate_name_test.cc"
TAGS = "mediapipe/framework/tool/tag_map_test.cc"


def passing(inputs: str, outputs: str, graph_inputs: str = "a b") -> Json:
    return graph(graph_inputs, node("PassThroughCalculator", inputs, outputs))


CASES = [
    case("A name may start with an underscore", NAMES, passing("_a", "_out", "_a"), steps("_a@1"),
         packets={"_out": same(1)}),
    case("A name may hold digits", NAMES, passing("a1", "out_2", "a1"), steps("a1@1"), packets={"out_2": same(1)}),
    case("A tag may start with an underscore", NAMES, passing("_TAG:a", "_TAG:out", "a"), steps("a@1"),
         packets={"out": same(1)}),
    case("A tag may hold digits", NAMES, passing("TAG_2:a", "TAG_2:out", "a"), steps("a@1"),
         packets={"out": same(1)}),
    case("Entries without tags are numbered by their position", TAGS, passing("a b", "x y"), steps("a@1 b@2"),
         packets={"x": same(1), "y": same(2)}),
    case("Entries of one tag go by their index, not by their position", TAGS, passing("T:1:a T:0:b",
         "T:0:x T:1:y"),
         steps("a@1 b@2"), packets={"x": same(2), "y": same(1)}),
    case("A tag without an index is index 0", TAGS, passing("T:a T:1:b", "T:0:x T:1:y"), steps("a@1 b@2"),
         packets={"x": same(1), "y": same(2)}),
    case("Tagged and untagged entries stand side by side", TAGS, passing("a T:b", "x T:y"), steps("a@1 b@2"),
         packets={"x": same(1), "y": same(2)}),
    case("One stream may feed two inputs of one node", TAGS, passing("a a", "x y", "a"), steps("a@1"),
         packets={"x": same(1), "y": same(1)}),
    case("A graph's input stream may have a tag, its name is what counts", TAGS,
         {**passing("a", "out", ""), "input_stream": ["IMAGE:a"]}, steps("a@1"), packets={"out": same(1)}),
    case("A graph's output stream may be named", TAGS, {**passing("a", "out", "a"), "output_stream": ["out"]},
         steps("a@1"), packets={"out": same(1)}),
]  # fmt: skip
