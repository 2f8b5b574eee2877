import { expect, test } from "vitest";
import { add, deltaBytes, difference, differingPages, packDelta, readDelta, startOf, startsAs } from "../src/python/memory_delta";

const PAGE = 4096;

/** Memory with a byte of its own in each of the pages named. */
function memoryOf(pages: number, marks: Record<number, number>): Uint8Array {
  const memory = new Uint8Array(pages * PAGE);
  for (const [page, mark] of Object.entries(marks)) memory[Number(page) * PAGE + mark] = mark;
  return memory;
}

test("a start and what differs from it make up the memory again, also as it is shipped", () => {
  const start = memoryOf(4, { 0: 7, 1: 8 });
  const memory = memoryOf(6, { 0: 7, 1: 9, 4: 3, 5: 4 });
  const delta = difference(start, [], memory);
  expect([...delta.pages]).toEqual([1, 4, 5]);
  const shipped = packDelta(delta);
  expect(shipped.length).toBe(deltaBytes(3));
  const grown = new Uint8Array(memory.length);
  grown.set(start);
  add(readDelta(shipped, 3), grown);
  expect(grown).toEqual(memory);
});

test("memory that has shrunk to zeros is told as well as what has been added", () => {
  const start = memoryOf(2, { 0: 1, 1: 200 });
  const memory = memoryOf(2, { 0: 1 });
  add(difference(start, [], memory), start);
  expect(start).toEqual(memory);
});

test("a last page that is no whole one is told too", () => {
  const memory = memoryOf(2, { 1: 5 }).subarray(0, PAGE + 16);
  const grown = new Uint8Array(memory.length);
  add(difference(new Uint8Array(PAGE), [], memory), grown);
  expect(grown).toEqual(memory);
});

test("pages that vary from start to start count as zero, and are zero afterwards", () => {
  const [one, other] = [memoryOf(3, { 0: 1, 1: 50 }), memoryOf(3, { 0: 1, 1: 60 })];
  expect(differingPages(one, other)).toEqual([1]);
  const start = startOf(one, [1]);
  expect(start.bytes).toBe(4);
  expect(startsAs(other, start)).toBe(true);
  expect(other).toEqual(memoryOf(3, { 0: 1 }));
});

test("a page that varies is told whatever it held when the snapshot was made", () => {
  const memory = memoryOf(2, { 0: 1, 1: 50 });
  const elsewhere = memoryOf(2, { 0: 1, 1: 60 });
  add(difference(memory, [1], memory), elsewhere);
  expect(elsewhere).toEqual(memory);
});

test("memory that starts otherwise, or is too short, is not taken for the start", () => {
  const start = startOf(memoryOf(2, { 1: 9 }), []);
  expect(startsAs(memoryOf(2, { 1: 10 }), start)).toBe(false);
  expect(startsAs(memoryOf(1, {}), start)).toBe(false);
});
