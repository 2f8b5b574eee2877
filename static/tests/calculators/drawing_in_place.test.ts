/** An image that goes from node to node is drawn on where it lies: the graph holds no reference longer than it must. */

import { expect, it } from "vitest";
import { STANDARD } from "../../src/calculators/index";
import type { CalculatorType } from "../../src/graph/calculator";
import { fromJson } from "../../src/graph/config";
import { Scheduler } from "../../src/graph/scheduler";
import type { Image } from "../../src/image";
import { loadKernels } from "./load_kernels";

const DOT = [{ kind: "point", points: [[0.5, 0.5]], color: { r: 255, g: 0, b: 0 }, thickness: 3, text: "" }];

/** Reads an image, and says what to draw on it. */
const finder: CalculatorType<unknown> = {
  name: "Finder",
  create: () => ({
    process(context) {
      context.emit("", context.input("") && DOT);
    },
  }),
};

function overlay(from: string, to: string): object {
  const inputs = [`IMAGE:${from}`, "dots"];
  return { calculator: "AnnotationOverlayCalculator", input_stream: inputs, output_stream: [`IMAGE:${to}`] };
}

it("a frame that one node has read, and two draw on, is copied nowhere", async () => {
  const kernels = await loadKernels();
  const node = [
    { calculator: "Finder", input_stream: ["frame"], output_stream: ["dots"] },
    overlay("frame", "drawn"),
    overlay("drawn", "output"),
  ];
  const config = { input_stream: ["frame"], output_stream: ["output"], node };
  const scheduler = new Scheduler(fromJson(config), [...STANDARD, finder], { kernels });
  const seen: unknown[] = [];
  scheduler.observe("output", (payload) => seen.push((payload as Image).address));
  await scheduler.open();
  const frame = kernels.newImage(40, 40);
  const { address } = frame;
  await scheduler.add(0, { frame });
  expect(seen).toEqual([address]);
  expect(kernels.usedBytes).toBe(0);
});
