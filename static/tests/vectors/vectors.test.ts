import { describe, expect, test } from "vitest";

import type { Case } from "./run";
import { problems, run } from "./run";

const FILES = import.meta.glob<Case[]>("../../../tests/vectors/*.json", { eager: true, import: "default" });

describe.each(Object.entries(FILES))("%s", (_, cases) => {
  test.each(cases)("$name", async (one) => {
    expect(problems(one, await run(one))).toEqual([]);
  });
});

test("A case that expects something else fails", async () => {
  const graph = { input_stream: ["a"], node: [{ calculator: "PassThroughCalculator", input_stream: ["a"], output_stream: ["b"] }] };
  const steps: Case["steps"] = [{ packet: { stream: "a", timestamp: 1, value: "x" } }];
  const found = await run({ name: "", graph, steps, expect: { packets: { b: [] } } });
  expect(problems({ name: "", graph, steps, expect: { packets: { b: [[1, "y"]] } } }, found)).toHaveLength(1);
});
