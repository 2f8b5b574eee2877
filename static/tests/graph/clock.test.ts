import { expect, test } from "vitest";

import { REAL_CLOCK, SimulatedClock } from "../../src/graph/clock";

test("a simulated clock moves when it is told to, and never back", () => {
  const clock = new SimulatedClock();
  clock.advance(5);
  clock.advance(0);
  expect(clock.now()).toBe(5);
  expect(() => {
    clock.advance(-1);
  }).toThrow("a clock cannot be advanced by -1 µs");
});

test("the real clock does not stand still", async () => {
  const before = REAL_CLOCK.now();
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(REAL_CLOCK.now()).toBeGreaterThan(before);
});
