import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LineWatch, mayBeSlow } from "../src/slow_line";

const TOTAL = 9_000_000;

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Milliseconds after which a file that comes with so many bytes a millisecond is found slow; null: it has come. */
function foundSlow(speed: number, firstByte = 20): number | null {
  const began = performance.now();
  const found: number[] = [];
  const watch = new LineWatch(TOTAL, () => found.push(performance.now() - began));
  vi.advanceTimersByTime(firstByte);
  for (let loaded = 0; loaded < TOTAL && found.length === 0; loaded += speed * 10) {
    watch.came(speed * 10);
    vi.advanceTimersByTime(10);
  }
  watch.end();
  vi.advanceTimersByTime(10_000);
  return found[0] ?? null;
}

test("a file of which much is left to come after a tenth of a second is found slow", () => {
  // 9 MB is 2.9 MB as gzip: 8000 bytes a millisecond is a line of 20 Mbit/s, 20,000 one of 50.
  expect(foundSlow(8000)).toBe(200);
  expect(foundSlow(800)).toBe(200);
  expect(foundSlow(20_000)).toBeNull();
});

test("one of which no byte comes is found slow after a second", () => {
  const found = vi.fn();
  const watch = new LineWatch(TOTAL, found);
  vi.advanceTimersByTime(1000);
  expect(found).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(found).toHaveBeenCalledOnce();
  watch.end();
});

test("one that stalls halfway is found slow", () => {
  const found = vi.fn();
  const watch = new LineWatch(TOTAL, found);
  watch.came(TOTAL / 2);
  vi.advanceTimersByTime(1000);
  expect(found).toHaveBeenCalledOnce();
  watch.end();
});

test("what came while the thread was busy is read before it counts", () => {
  const found = vi.fn();
  const watch = new LineWatch(TOTAL, found);
  vi.advanceTimersByTime(20);
  watch.came(16_000);
  // For 300 ms nothing is read; the look that was due comes before what has come.
  const now = vi.spyOn(performance, "now").mockReturnValue(performance.now() + 300);
  vi.advanceTimersByTime(80);
  now.mockRestore();
  expect(found).not.toHaveBeenCalled();
  watch.end();
});

test("this very machine is no line, and where the visitor saves data nothing is fetched for speed", () => {
  vi.stubGlobal("navigator", {});
  expect(["https://host/a.wasm", "http://127.0.0.1:8000/a.wasm", "http://localhost/a.wasm"].map(mayBeSlow)).toEqual([true, false, false]);
  vi.stubGlobal("navigator", { connection: { saveData: true } });
  expect(mayBeSlow("https://host/a.wasm")).toBe(false);
});
