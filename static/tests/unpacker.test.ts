import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unpacker } from "../src/python/unpacker";
import type { UnpackingAnswer, UnpackingTask } from "../src/python/unpacking_worker";

const FILE = { base: "https://host/app/", asset: { path: "python/a.bin", bytes: 1, sha256: "" }, total: 2 };

/** A worker that answers what the test tells it to. */
class Scripted {
  static last: Scripted;
  onerror: ((event: Event) => void) | null = null;
  tasks: UnpackingTask[] = [];
  hasEnded = false;
  constructor(readonly address: string) {
    Scripted.last = this;
  }
  postMessage(task: UnpackingTask): void {
    this.tasks.push(task);
  }
  terminate(): void {
    this.hasEnded = true;
  }
  answer(task: number, answer: UnpackingAnswer): void {
    this.tasks[task]!.port.postMessage(answer);
  }
}

beforeEach(() => {
  vi.stubGlobal("Worker", Scripted);
  vi.stubGlobal("self", { origin: "https://host" });
});
afterEach(() => {
  for (const { port } of Scripted.last.tasks) port.close();
  vi.unstubAllGlobals();
});

test("each file's progress and bytes come to whoever asked for it", async () => {
  const unpacker = new Unpacker();
  const told: number[][] = [];
  const [first, second] = [unpacker.fetch(FILE, (...numbers) => { told.push(numbers); }), unpacker.fetch(FILE, () => undefined)];
  Scripted.last.answer(1, { type: "unpacked", bytes: Uint8Array.of(3, 4) });
  Scripted.last.answer(0, { type: "progress", loaded: 1, total: 1 });
  Scripted.last.answer(0, { type: "unpacked", bytes: Uint8Array.of(1, 2) });
  expect(await first).toEqual(Uint8Array.of(1, 2));
  expect(await second).toEqual(Uint8Array.of(3, 4));
  expect(told).toEqual([[1, 1]]);
  unpacker.close();
  expect(Scripted.last.hasEnded).toBe(true);
});

test("a file that is damaged fails by what the worker says of it, and the others come", async () => {
  const unpacker = new Unpacker();
  const [first, second] = [unpacker.fetch(FILE, () => undefined), unpacker.fetch(FILE, () => undefined)];
  Scripted.last.answer(0, { type: "failed", message: "'python/a.bin' is damaged" });
  Scripted.last.answer(1, { type: "unpacked", bytes: Uint8Array.of(1) });
  await expect(first).rejects.toMatchObject({ name: "LoadError", message: "'python/a.bin' is damaged", stage: "python" });
  expect(await second).toEqual(Uint8Array.of(1));
});

test("a worker whose script does not run fails whatever was asked of it, and names the script", async () => {
  const unpacker = new Unpacker();
  const asked = unpacker.fetch(FILE, () => undefined);
  Scripted.last.onerror!(new Event("error", { cancelable: true }));
  await expect(asked).rejects.toThrow("'unpacking.js' is missing or damaged");
});
