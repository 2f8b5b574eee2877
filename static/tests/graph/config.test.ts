import { describe, expect, test } from "vitest";

import { ConfigError, fromJson } from "../../src/graph/config";

type Malformed = [value: unknown, problems: string[]][];

const FILES = import.meta.glob<Malformed>("../../../tests/graph/malformed.json", { eager: true, import: "default" });
const [MALFORMED] = Object.values(FILES);

function problemsOf(value: unknown): string[] {
  try {
    fromJson(value);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.split("\n");
  }
  return [];
}

describe("a malformed config", () => {
  test.each(MALFORMED!)("%j is refused with all that is wrong, as on the desktop", (value, problems) => {
    const told = problemsOf(value).sort();
    expect(told.map((line, index) => line.slice(0, problems[index]?.length))).toEqual(problems);
  });

  test("that is no JSON value is refused too", () => {
    const circle: Record<string, unknown> = {};
    circle["node"] = [circle];
    expect(problemsOf(circle)).toEqual([
      expect.stringMatching(/^node 0 has an unknown field 'node'/) as string,
      "node 0: 'calculator' is missing; it names what the node is",
    ]);
    expect(problemsOf({ num_threads: 10n })).toEqual(["the graph: 'num_threads' must be a whole number of 32 bits, not 10"]);
    expect(problemsOf({ node: [{ calculator: "A", name: () => 1 }] })).toHaveLength(1);
  });
});

test("Options are read in both forms, without their type", () => {
  const newer = { calculator: "A", node_options: [{ "@type": "type.googleapis.com/mediapipe.AOptions", depth: 1 }] };
  const older = { calculator: "A", options: { "[mediapipe.AOptions.ext]": { depth: 1 } } };
  const [first, second] = fromJson({ node: [newer, older] }).node;
  expect(first!.options).toEqual({ depth: 1 });
  expect(second).toEqual(first);
});

test("A handler without a name is the default one if it has options, and else none", () => {
  const options = { "[mediapipe.DefaultInputStreamHandlerOptions.ext]": { batch_size: 2 } };
  expect(fromJson({ input_stream_handler: { options } }).inputStreamHandler?.inputStreamHandler).toBe("DefaultInputStreamHandler");
  expect(fromJson({ input_stream_handler: {} }).inputStreamHandler).toBeNull();
});
