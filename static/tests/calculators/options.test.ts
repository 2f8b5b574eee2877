/** Options: checked, and none passed over. */

import { describe, expect, it } from "vitest";
import { STANDARD } from "../../src/calculators/index";
import { OptionReader } from "../../src/calculators/options";
import type { Kernels } from "../../src/kernels";

const noKernels = { kernels: undefined as unknown as Kernels };

function create(name: string, options: Record<string, unknown>): unknown {
  return STANDARD.find((one) => one.name === name)!.create(options, noKernels, "node");
}

describe("options", () => {
  it.each([
    ["ImageToTensorCalculator", { output_tensor_width: 8 }, "'output_tensor_height' must be a number, not left out"],
    [
      "ImageToTensorCalculator",
      { output_tensor_width: 8, output_tensor_height: 0 },
      "'output_tensor_height' must be positive, not 0",
    ],
    [
      "ImageToTensorCalculator",
      { output_tensor_width: 8.5, output_tensor_height: 8 },
      "'output_tensor_width' must be a whole number, not 8.5",
    ],
    [
      "ImageToTensorCalculator",
      { output_tensor_width: 8, output_tensor_height: 8, border_mode: "MIRROR" },
      "'border_mode' must be one of BORDER_ZERO, BORDER_REPLICATE, not \"MIRROR\"",
    ],
    [
      "ImageToTensorCalculator",
      { output_tensor_width: 8, output_tensor_height: 8, gpu_origin: "TOP_LEFT" },
      "ImageToTensorCalculator has no option 'gpu_origin'; it has output_tensor_width",
    ],
    ["DetectionsToRenderDataCalculator", { color: { r: 1, a: 1 } }, "has no option 'a'; it has r, g, b"],
    ["GaussianBlurCalculator", { sigma: -1 }, "'sigma' must be 0 to 108, not -1"],
    ["BlendCalculator", { mode: "ADD" }, "BlendCalculator has no option 'mode'"],
    ["NonMaxSuppressionCalculator", { max_num_detections: 0 }, "'max_num_detections' must not be 0; -1 keeps all"],
  ])("%s refuses %j", (name, options, message) => {
    expect(() => create(name, options)).toThrow(message);
  });

  it("that are left out have their defaults, field by field", () => {
    const reader = new OptionReader("X", { "@type": "t", color: { g: 7 } });
    expect(reader.fields("color", { r: 1, g: 2, b: 3 })).toEqual({ r: 1, g: 7, b: 3 });
    expect(reader.maybeNumber("absent")).toBeUndefined();
    expect(() => {
      reader.done();
    }).not.toThrow();
  });
});
