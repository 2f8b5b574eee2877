import { describe, expect, it } from "vitest";

import { lieOf, referenceInput } from "../../src/engines/reference";
import type { Reference, TensorKind } from "../../src/protocol";
import vectors from "../../../tests/bundle/reference_inputs.json";

const OUTPUT = { shape: [2, 3], dtype: "float32" as const, count: 6, tolerance: 0.5 };
const REFERENCE: Reference = { seed: 0, inputs: [], outputs: [OUTPUT], path: "", bytes: 24, sha256: "" };
const TRUTH = new Uint8Array(new Float32Array([1, 2, 3, 4, 5, 6]).buffer);

describe("the reference input", () => {
  // Written by tests/bundle/test_reference.py's twin: the same on both sides.
  for (const { shape, dtype, seed, at, values } of vectors) {
    it(`is the desktop's: ${dtype} (${shape.join(", ")}), seed ${seed}`, () => {
      const { data } = referenceInput({ shape, dtype } as TensorKind, seed);
      at.forEach((index, one) => { expect(data[index]).toBeCloseTo(values[one]!, 6); });
    });
  }
});

describe("outputs", () => {
  const given = (values: number[], shape = [2, 3]): string | null =>
    lieOf([{ shape, data: new Float32Array(values) }], REFERENCE, TRUTH);

  it("are true within the tolerance", () => {
    expect(given([1.4, 2, 3, 4, 5, 5.6])).toBeNull();
  });

  it("are a lie beyond it", () => {
    expect(given([1, 2, 3, 4.6, 5, 6])).toBe("its output 0 is off by 0.60, more than 0.50");
  });

  it.each([NaN, Infinity, -Infinity])("are a lie with %d", (value) => {
    expect(given([1, 2, value, 4, 5, 6])).toBe(`its output 0 holds ${value} at 2`);
  });

  it("are a lie in another shape, type or number", () => {
    expect(given([1, 2, 3, 4, 5, 6], [3, 2])).toBe("its output 0 is float32 (3, 2), not float32 (2, 3)");
    expect(lieOf([{ shape: [2, 3], data: new Int32Array(6) }], REFERENCE, TRUTH)).toContain("is int32 (2, 3)");
    expect(lieOf([], REFERENCE, TRUTH)).toBe("it gives 0 outputs, not 1");
  });

  it("are compared at evenly spaced places where the reference holds fewer numbers", () => {
    const sparse = { ...REFERENCE, outputs: [{ ...OUTPUT, shape: [6], count: 2 }] };
    const truth = new Uint8Array(new Float32Array([1, 4]).buffer);
    const of = (values: number[]): string | null => lieOf([{ shape: [6], data: new Float32Array(values) }], sparse, truth);
    expect(of([1, 9, 9, 4, 9, 9])).toBeNull();
    expect(of([1, 9, 9, 9, 9, 9])).toContain("off by");
  });
});
