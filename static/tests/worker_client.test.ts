import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Failure, FromWorker, Result, ToWorker } from "../src/protocol";
import { WorkerClient, type FrameRequest, type WorkerLike } from "../src/worker_client";

/** The worker's end of the protocol, spoken by the test. */
class FakeWorker implements WorkerLike {
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  onmessageerror: WorkerLike["onmessageerror"] = null;
  readonly sent: ToWorker[] = [];
  terminated = false;

  postMessage(message: ToWorker): void {
    this.sent.push(message);
  }

  terminate(): void {
    this.terminated = true;
  }

  say(message: FromWorker): void {
    this.onmessage?.({ data: message } as MessageEvent<FromWorker>);
  }

  ready(what: "frames" | "python"): void {
    this.say({ type: "ready", what, backend: "litert-wasm", reason: "the only one", python: "" });
  }

  load(loaded: number): void {
    this.say({ type: "status", stage: "model", detail: "face.tflite", loaded, total: 249_000 });
  }
}

interface Begun {
  worker: FakeWorker;
  client: WorkerClient;
  failures: { failure: Failure; fatal: boolean }[];
}

function begin(): Begun {
  const worker = new FakeWorker();
  const failures: Begun["failures"] = [];
  const client = new WorkerClient(
    {
      script: new URL("https://example.org/app/worker.js"),
      base: "https://example.org/app/",
      backend: "auto",
      canvas: null,
      stageTimeout: 60,
      calculatorTimeout: 10,
      create: () => worker,
    },
    {
      status: vi.fn(),
      ready: vi.fn(),
      backends: vi.fn(),
      profiled: vi.fn(),
      failed: (failure, fatal) => failures.push({ failure, fatal }),
    },
  );
  return { worker, client, failures };
}

function frame(close = vi.fn()): FrameRequest {
  const image = { close, width: 1, height: 1 } as unknown as ImageBitmap;
  return { timestamp: 0, image, show: true, settings: {}, values: false, partial: true };
}

function result(id: number): Result {
  return { type: "result", id, timestamp: 0, values: {}, pending: [], milliseconds: {} };
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });
const wait = (seconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(seconds * 1000);

describe("a worker client", () => {
  it("begins with init", () => {
    const { worker } = begin();
    expect(worker.sent).toEqual([{ type: "init", version: "0.0.0", base: "https://example.org/app/", backend: "auto", canvas: null }]);
  });

  it("gives each frame its own result, in whatever order they come", async () => {
    const { worker, client } = begin();
    const first = client.process(frame());
    const second = client.process(frame());
    worker.say(result(2));
    worker.say(result(1));
    expect([(await first).id, (await second).id]).toEqual([1, 2]);
  });

  it("is ready for frames before Python, and whole after it", async () => {
    const { worker, client } = begin();
    worker.ready("frames");
    await expect(client.frames).resolves.toMatchObject({ backend: "litert-wasm" });
    expect(client.whole).toBe(false);
    worker.ready("python");
    await client.ready;
    expect(client.whole).toBe(true);
  });

  it("rejects only the frame that a failure names", async () => {
    const { worker, client, failures } = begin();
    const [bad, good] = [client.process(frame()), client.process(frame())];
    const error: Failure = { name: "CalculatorError", message: "no", stack: "" };
    worker.say({ type: "error", id: 1, error, fatal: false });
    worker.say(result(2));
    await expect(bad).rejects.toMatchObject({ failure: error });
    await expect(good).resolves.toMatchObject({ id: 2 });
    expect([failures, worker.terminated]).toEqual([[], false]);
  });

  it("reports a failure that belongs to no frame, and goes on", async () => {
    const { worker, client, failures } = begin();
    const pending = client.process(frame());
    const error: Failure = { name: "CalculatorError", message: "close() failed", stack: "" };
    worker.say({ type: "error", error, fatal: false });
    worker.say(result(1));
    await expect(pending).resolves.toMatchObject({ id: 1 });
    expect([failures, worker.terminated]).toEqual([[{ failure: error, fatal: false }], false]);
  });

  it("ends everything at a fatal failure", async () => {
    const { worker, client, failures } = begin();
    const pending = client.process(frame());
    worker.say({ type: "error", error: { name: "ModelError", message: "no model", stack: "" }, fatal: true });
    await expect(pending).rejects.toThrow("no model");
    await expect(client.frames).rejects.toThrow("no model");
    await expect(client.ready).rejects.toThrow("no model");
    expect([failures[0]?.fatal, worker.terminated]).toEqual([true, true]);
  });

  it("closes and rejects a frame that comes after the end", async () => {
    const { client } = begin();
    client.close();
    const closeImage = vi.fn();
    await expect(client.process(frame(closeImage))).rejects.toThrow("taken out of the page");
    expect(closeImage).toHaveBeenCalledOnce();
  });

  it("rejects what is under way when it is closed, and reports no failure", async () => {
    const { worker, client, failures } = begin();
    const pending = client.process(frame());
    client.close();
    await expect(pending).rejects.toThrow("taken out of the page");
    expect([failures, worker.terminated]).toEqual([[], true]);
  });

  it("takes an error of the worker for its death, and says what the browser says", () => {
    const { worker, failures } = begin();
    worker.onerror?.({ message: "out of memory", preventDefault: vi.fn() } as unknown as ErrorEvent);
    expect(failures[0]?.failure.message).toBe("The worker that runs the graph died (out of memory); try again.");
    expect(worker.terminated).toBe(true);
  });

  it("names the script that could not be loaded", () => {
    const { worker, failures } = begin();
    worker.onerror?.({ preventDefault: vi.fn() } as unknown as ErrorEvent);
    expect(failures[0]?.failure.message).toContain("'https://example.org/app/worker.js' could not be loaded");
  });

  it("takes a message that cannot be read for the end", () => {
    const { worker, failures } = begin();
    worker.onmessageerror?.({} as MessageEvent);
    expect([failures[0]?.fatal, worker.terminated]).toEqual([true, true]);
  });

  it("fails only the frame whose image cannot be transferred", async () => {
    const { worker, client } = begin();
    worker.postMessage = () => { throw new DOMException("detached", "DataCloneError"); };
    const closed = { close: vi.fn(), width: 0, height: 0 } as unknown as ImageBitmap;
    await expect(client.process({ ...frame(), image: closed })).rejects.toThrow("detached");
    await expect(client.process(frame())).rejects.toThrow("an image of another origin");
    expect(worker.terminated).toBe(false);
  });
});

describe("a worker client's watchdog", () => {
  it("gives up a stage without progress, and names it", async () => {
    const { worker, failures } = begin();
    worker.load(1000);
    await wait(59);
    expect(failures).toEqual([]);
    await wait(2);
    expect(failures[0]).toMatchObject({ fatal: true, failure: { name: "LoadError", stage: "model" } });
    expect(failures[0]?.failure.message).toContain("'face.tflite') has made no progress for 60 s");
    expect(worker.terminated).toBe(true);
  });

  it("lets a slow stage take as long as it goes on", async () => {
    const { worker, failures } = begin();
    for (let loaded = 1; loaded < 10; loaded++) {
      worker.load(loaded);
      await wait(50);
    }
    expect(failures).toEqual([]);
  });

  it("does not take the same number again for progress", async () => {
    const { worker, failures } = begin();
    for (let again = 0; again < 4; again++) {
      worker.load(1000);
      await wait(20);
    }
    expect(failures.length).toBe(1);
  });

  it("still watches Python's stages while frames flow", async () => {
    const { worker, client, failures } = begin();
    worker.ready("frames");
    for (let id = 1; id < 8; id++) {
      void client.process(frame()).catch(() => undefined);
      worker.say(result(id));
      await wait(10);
    }
    expect(failures[0]?.failure.name).toBe("LoadError");
  });

  it("is quiet once everything is loaded", async () => {
    const { worker, failures } = begin();
    worker.ready("python");
    await wait(1000);
    expect(failures).toEqual([]);
  });

  it("names the calculator that does not return", async () => {
    const { worker, client, failures } = begin();
    worker.ready("python");
    const pending = client.process(frame());
    worker.say({ type: "entering", node: "largest_face", timestamp: 33 });
    const rejected = expect(pending).rejects.toThrow("'largest_face' has not returned for 10 s, at timestamp 33");
    await wait(11);
    await rejected;
    expect(failures[0]?.failure).toMatchObject({ name: "CalculatorError", node: "largest_face", timestamp: 33 });
    expect(worker.terminated).toBe(true);
  });

  it("lets each of several calculators have its own time", async () => {
    const { worker, client, failures } = begin();
    worker.ready("python");
    void client.process(frame());
    for (const node of ["a", "b", "c"]) {
      worker.say({ type: "entering", node, timestamp: 0 });
      await wait(8);
    }
    worker.say(result(1));
    await wait(100);
    expect(failures).toEqual([]);
  });

  it("names the calculator that does not return, by the memory that it shares with the worker", async () => {
    const { worker, client, failures } = begin();
    const shared = new Float64Array(new SharedArrayBuffer(24));
    worker.ready("python");
    void client.process(frame());
    worker.say({ type: "entering", node: "a", timestamp: 0, shared });
    worker.say({ type: "entering", node: "b", timestamp: 0, shared });
    worker.say(result(1));
    const rejected = expect(client.process(frame())).rejects.toThrow("'a' has not returned for 10 s, at timestamp 33");
    shared.set([3, 0, 33]);
    await wait(12);
    await rejected;
    expect(failures[0]?.failure).toMatchObject({ name: "CalculatorError", node: "a", timestamp: 33 });
  });

  it("blames no calculator that shares memory with it for what runs before, between or after calls", async () => {
    const { worker, client, failures } = begin();
    const shared = new Float64Array(new SharedArrayBuffer(24));
    worker.ready("python");
    void client.process(frame());
    worker.say({ type: "entering", node: "a", timestamp: 0, shared });
    for (const [calls, node] of [[1, 0], [1, -1], [2, 0], [3, 0], [3, -1]]) {
      shared.set([calls!, node!, 0]);
      await wait(8);
    }
    worker.say(result(1));
    await wait(100);
    expect(failures).toEqual([]);
  });

  it("gives up a graph that never answers, though no calculator was named", async () => {
    const { worker, client, failures } = begin();
    worker.ready("python");
    const rejected = expect(client.process(frame())).rejects.toThrow("has not answered for 60 s");
    await wait(61);
    await rejected;
    expect(failures.length).toBe(1);
  });
});
