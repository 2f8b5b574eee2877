import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Deferred } from "../../src/deferred";
import type { FromEngine, ToEngine } from "../../src/engines/engine_protocol";
import type { Engine } from "../../src/engines/engine";
import { InputError, RefusedModel } from "../../src/engines/engine";
import type { EngineWorker, Prove } from "../../src/engines/remote";
import { createRemote } from "../../src/engines/remote";

/** A worker that answers as it is told. */
class FakeWorker implements EngineWorker {
  onmessage: EngineWorker["onmessage"] = null;
  onerror: EngineWorker["onerror"] = null;
  readonly sent: ToEngine[] = [];
  terminate = vi.fn();

  constructor(private readonly answers: (request: ToEngine) => FromEngine | null) {}

  postMessage(message: ToEngine): void {
    this.sent.push(message);
    const answer = this.answers(message);
    if (answer) queueMicrotask(() => { this.say(answer); });
  }

  say(message: FromEngine): void {
    this.onmessage?.({ data: message } as MessageEvent<FromEngine>);
  }
}

const usual = ({ id, type }: ToEngine): FromEngine => ({ type: "done", id, value: type === "create" ? { reason: "fp32" } : [] });
const allWell: Prove = () => Promise.resolve();
const engineOf = (worker: FakeWorker, signal = new AbortController().signal, prove = allWell): Promise<Engine> =>
  createRemote(worker, "tfjs-webgl", "https://a/", signal, prove);

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe("an engine in a worker of its own", () => {
  it("runs a model on copies of its inputs", async () => {
    const worker = new FakeWorker(usual);
    const model = await (await engineOf(worker)).compile([], "m", 0);
    const data = new Float32Array(1000).subarray(2, 4);
    await model.run([{ shape: [2], data }]);
    const run = worker.sent.at(-1)!;
    expect(run).toMatchObject({ type: "run", name: "m", inputs: [{ shape: [2] }] });
    expect(run.type === "run" && run.inputs[0]!.data.buffer.byteLength).toBe(8);
    expect(data.length).toBe(2);
  });

  it("rejects with why it does not start, and ends the worker", async () => {
    const worker = new FakeWorker(({ id }) => ({ type: "failed", id, name: "Error", message: "no WebGL 2" }));
    await expect(engineOf(worker)).rejects.toThrow("no WebGL 2");
    expect(worker.terminate).toHaveBeenCalledOnce();
  });

  it.each([["InputError", InputError], ["RefusedModel", RefusedModel]])("gives an %s back as one", async (name, type) => {
    const worker = new FakeWorker((request) => (request.type === "create" ? usual(request) : { type: "failed", id: request.id, name, message: "x" }));
    await expect((await engineOf(worker)).compile([], "m", 0)).rejects.toBeInstanceOf(type);
  });

  it("ends when its context is lost: what waits rejects, and who listens is told", async () => {
    const worker = new FakeWorker((request) => (request.type === "run" ? null : usual(request)));
    const engine = await engineOf(worker);
    const run = (await engine.compile([], "m", 0)).run([]);
    worker.say({ type: "lost", reason: "the WebGL context was lost" });
    await expect(run).rejects.toThrow("the WebGL context was lost");
    expect(await engine.lost).toBe("the WebGL context was lost");
    expect(worker.terminate).toHaveBeenCalledOnce();
  });

  it("ends when a run has not answered in time", async () => {
    let runs = 0;
    const worker = new FakeWorker((request) => (request.type === "run" && ++runs > 1 ? null : usual(request)));
    const model = await (await engineOf(worker)).compile([], "m", 0);
    await model.run([]);
    const run = model.run([]).catch((error: unknown) => String(error));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await run).toBe("Error: it has not answered for 10 s");
    await expect(model.run([])).rejects.toThrow("it has not answered for 10 s");
  });

  it("ends when it is given up", async () => {
    const worker = new FakeWorker(() => null);
    const given = new AbortController();
    const starting = engineOf(worker, given.signal).catch((error: unknown) => String(error));
    given.abort("it took too long");
    expect(await starting).toBe("Error: it took too long");
    expect(worker.terminate).toHaveBeenCalledOnce();
  });

  it("is not used before the files that it has loaded are proved", async () => {
    const worker = new FakeWorker(usual);
    const proof = new Deferred<void>();
    const prove = vi.fn(() => proof.promise);
    const engine = await engineOf(worker, undefined, prove);
    worker.say({ type: "loaded", addresses: ["https://a/engine.js"] });
    const compiled = vi.fn();
    const model = engine.compile([], "m", 0).then(compiled);
    await vi.advanceTimersByTimeAsync(1000);
    expect(prove).toHaveBeenCalledExactlyOnceWith(["https://a/engine.js"]);
    expect(compiled).not.toHaveBeenCalled();
    proof.resolve();
    await model;
    expect(compiled).toHaveBeenCalledOnce();
  });

  const damaged: Prove = () => Promise.reject(new Error("'engine.js' is damaged"));

  it("ends when a file that it has loaded is damaged", async () => {
    const worker = new FakeWorker(usual);
    const engine = await engineOf(worker, undefined, damaged);
    worker.say({ type: "loaded", addresses: ["https://a/engine.js"] });
    await expect(engine.compile([], "m", 0)).rejects.toThrow("'engine.js' is damaged");
    expect(await engine.lost).toBe("'engine.js' is damaged");
    expect(worker.terminate).toHaveBeenCalledOnce();
  });

  it("tells the damaged file rather than what came of it", async () => {
    const worker = new FakeWorker(({ id }) => {
      worker.say({ type: "loaded", addresses: ["https://a/engine.js"] });
      return { type: "failed", id, name: "SyntaxError", message: "Unexpected token" };
    });
    await expect(engineOf(worker, undefined, damaged)).rejects.toThrow("'engine.js' is damaged");
  });

  it.each([
    ["its worker died (Unexpected token)", allWell],
    ["'engine.js' is damaged", damaged],
  ])("that dies says '%s'", async (why, prove) => {
    const worker = new FakeWorker(() => null);
    const starting = engineOf(worker, undefined, prove).catch((error: unknown) => (error as Error).message);
    worker.onerror?.({ message: "Unexpected token", preventDefault: () => undefined } as ErrorEvent);
    expect(await starting).toBe(why);
  });
});
