import { describe, expect, it } from "vitest";

import { lineSpeed } from "../src/python/line";

const fetched = (transferSize: number, responseStart: number, responseEnd: number): PerformanceResourceTiming =>
  ({ transferSize, responseStart, responseEnd }) as PerformanceResourceTiming;

describe("the speed of the line", () => {
  it("is that of the largest file that came over it, in bytes a millisecond", () => {
    expect(lineSpeed([fetched(2_000_000, 10, 1010), fetched(600_000, 0, 1), fetched(1000, 0, 900)])).toBe(2000);
  });

  it("is not known where everything came from the cache, or was small", () => {
    expect(lineSpeed([fetched(0, 0, 5), fetched(400_000, 0, 5)])).toBeNull();
  });
});
