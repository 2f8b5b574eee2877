import { expect, test } from "vitest";

import { ReadyQueue } from "../../src/graph/ready_queue";

test("gives what waits by rank, whatever the order in which it came", () => {
  const queue = new ReadyQueue<{ rank: number }>();
  // 37 and 101 have no common divisor: every rank from 0 to 100 once, in no order.
  for (let index = 0; index < 101; index++) queue.push({ rank: (index * 37) % 101 });
  const given: number[] = [];
  for (let one = queue.pop(); one; one = queue.pop()) given.push(one.rank);
  expect(given).toEqual([...Array(101).keys()]);
});

test("takes more while it gives, and forgets all when it is cleared", () => {
  const queue = new ReadyQueue<{ rank: number }>();
  for (const rank of [3, 1]) queue.push({ rank });
  expect(queue.pop()?.rank).toBe(1);
  queue.push({ rank: 2 });
  expect(queue.pop()?.rank).toBe(2);
  queue.clear();
  expect(queue.pop()).toBeUndefined();
});
