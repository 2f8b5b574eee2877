import { describe, expect, test } from "vitest";

import { ConfigError } from "../../src/graph/config";
import { jsonErrorOffset } from "../../src/graph/json_place";
import { fromText } from "../../src/graph/pbtxt";
import { CalculatorGraph } from "../../src/runtime";

const TEXT = `# One of each.
input_stream: "in" input_stream: 'done'
node {
  calculator: "PassThrough" 'Calculator'
  input_stream: [ "in", "done" ], output_stream: ["a", "b"];
}
node: <
  name: "limiter"
  calculator: "FlowLimiterCalculator" input_stream: "a" input_stream: "FINISHED:b" output_stream: "out"
  input_stream_info { tag_index: "FINISHED" back_edge: true }
  node_options: {
    [type.googleapis.com/mediapipe.FlowLimiterCalculatorOptions] { max_in_queue: 0x10 in_flight_timeout: 1000000 }
  }
>
num_threads: -1
`;

function problem(text: string): string {
  try {
    fromText(text);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  return "";
}

describe("a graph in MediaPipe's text", () => {
  test("is read as its JSON is", () => {
    const { config } = fromText(TEXT);
    expect(config.inputStream).toEqual(["in", "done"]);
    expect(config.numThreads).toBe(-1);
    const [pass, limiter] = config.node;
    expect([pass!.calculator, pass!.inputStream, pass!.outputStream]).toEqual(["PassThroughCalculator", ["in", "done"], ["a", "b"]]);
    expect(limiter!.options).toEqual({ max_in_queue: 16, in_flight_timeout: 1000000 });
    expect(limiter!.inputStreamInfo).toEqual([{ tagIndex: "FINISHED", backEdge: true }]);
  });

  test("may have options in the older form, and of types that have no shape here", () => {
    const options = 'options { [mine.Options.ext] { some: 1 words: A words: "b" deep { list: [1.5] yes: true } } }';
    const [node] = fromText(`node { calculator: "Mine" ${options} }`).config.node;
    expect(node!.options).toEqual({ some: 1, words: ["A", "b"], deep: { list: [1.5], yes: true } });
  });

  test("has strings with every escape", () => {
    const text = String.raw`node { calculator: "a\n\t\\\"\'\x41\101\u00e9\U0001F600" }`;
    expect(fromText(text).config.node[0]!.calculator).toBe('a\n\t\\"\'AAé😀');
  });

  test.each([
    ["max_in_queue", "max_in_que", "line 12, column 68, node 1 ('limiter'), field 'max_in_que': 'mediapipe.FlowLimiterCalculatorOptions' has no field"],
    ["0x10", "many", "line 12, column 82, node 1 ('limiter'), field 'max_in_queue': the value 'many' must be a whole number of 32 bits"],
    ["back_edge: true", "back_edge: 2", "field 'back_edge': the value '2' must be true or false"],
    ["num_threads: -1", "num_threads: -1 num_threads: 2", "line 15, column 17, field 'num_threads': 'num_threads' is given twice"],
    ["num_threads: -1", "nodes: -1", "line 15, column 1, field 'nodes': 'mediapipe.CalculatorGraphConfig' has no field 'nodes'"],
    ["num_threads: -1", "node {", "field 'node': the text ends where a '}' is missing"],
    ["'done'", "'done", "line 2, column 34, field 'input_stream': a string has no end on its line"],
    ['"limiter"', '"li\\miter"', "a string has the unknown escape '\\m'"],
    ["num_threads: -1", "num_threads: -1 }", "there must be a field's name here, not '}'"],
    ["num_threads: -1", "num_threads 1", "there must be a ':' or a '{' here, not '1'"],
    ["num_threads: -1", "?", "'?\n' is no word of this format"],
    ['calculator: "PassThrough" \'Calculator\'', 'name: "nameless"', "line 3: node 0: 'calculator' is missing"],
  ])("with %j as %j is refused with line, node and field", (right, wrong, message) => {
    expect(problem(TEXT.replace(right, wrong))).toContain(message);
  });

  test("names the line of the node that breaks a rule", () => {
    const text = 'input_stream: "a"\nnode { calculator: "X" input_stream: "b" }\n\nnode { calculator: "PassThroughCalculator" input_stream: "c" }';
    expect(() => new CalculatorGraph(text)).toThrow(/^line 2: the node 'X' is a 'X', which is not known\nline 2: the node 'X' reads 'b'/);
    const two = text.replace('"X"', '"PassThroughCalculator" output_stream: "d"');
    expect(() => new CalculatorGraph(two)).toThrow(
      /^line 2: the node 'PassThroughCalculator_1' reads 'b'.*\nline 4: the node 'PassThroughCalculator_2' reads 'c'/,
    );
  });

  test("runs with subgraphs that are given as text, too", async () => {
    const sub = 'type: "Sub" input_stream: "x" output_stream: "y" node { calculator: "PassThroughCalculator" input_stream: "x" output_stream: "y" }';
    const graph = new CalculatorGraph('input_stream: "a" node { calculator: "Sub" input_stream: "a" output_stream: "b" }', { subgraphs: [sub] });
    const seen: unknown[] = [];
    graph.observeOutputStream("b", (value) => seen.push(value));
    await graph.startRun();
    await graph.addPacketToInputStream("a", "x", 1);
    expect(seen).toEqual(["x"]);
    expect(() => new CalculatorGraph(sub, { subgraphs: [{}] })).toThrow("a subgraph has no 'type'");
  });
});

test.each([
  ['{"a": [1, 2], "b": {}}', 22],
  ['{"a": 1,}', 8],
  ["{'a': 1}", 1],
  ['{"a" 1}', 5],
  ['{"a": tru}', 6],
  ['{"a": [1 2]}', 9],
  ['{"a": "x\n"}', 8],
  ['{"a": 1} 2', 9],
  ['{"a": [}', 7],
  ['{"a":', 5],
  ["", 0],
])("%j stops being JSON at %i", (text, offset) => {
  expect(jsonErrorOffset(text)).toBe(offset);
});
