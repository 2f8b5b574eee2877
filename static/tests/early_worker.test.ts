import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { hintsOf, startEarly, startWorker, takeEarly } from "../src/early_worker";

const SCRIPT = new URL("https://host/app/page/0a/worker.js");
const BASE = "https://host/app/?build=1";
const ENGINE = "https://host/app/engine/0b/litert/litert_wasm_threaded_internal.wasm";
/** A module with nothing in it. */
const WASM = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
const HINTS = { engine: "engine/0b/", models: "models/a.tflite models/b.tflite" };

class FakeWorker {
  static made: FakeWorker[] = [];
  onmessage: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly sent: { type: string }[] = [];
  isTerminated = false;
  constructor() {
    FakeWorker.made.push(this);
  }
  postMessage(message: { type: string }): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.isTerminated = true;
  }
}

function appWith(backend: string | null): Element {
  const attributes: Record<string, string | null> = { src: "./?build=1", backend };
  return { getAttribute: (name: string) => attributes[name] ?? null } as unknown as Element;
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("document", { baseURI: "https://host/app/index.html", visibilityState: "visible" });
  vi.stubGlobal("self", { origin: "https://host" });
  vi.stubGlobal("crossOriginIsolated", true);
  vi.stubGlobal("navigator", { hardwareConcurrency: 4 });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(WASM, { headers: { "Content-Type": "application/wasm" } })));
});
afterEach(() => { vi.unstubAllGlobals(); });

test("the worker that is started is told what to fetch, and is taken over with what it has said", async () => {
  startEarly(appWith(null), HINTS, SCRIPT);
  const [worker] = FakeWorker.made;
  const models = ["https://host/app/models/a.tflite", "https://host/app/models/b.tflite"];
  expect(worker!.sent).toEqual([{ type: "prepare", base: BASE, backend: "auto", engine: "https://host/app/engine/0b/", models, wasm: ENGINE }]);
  worker!.onmessage!("said");
  expect(takeEarly(SCRIPT, BASE, "auto")).toBe(worker);
  const heard: unknown[] = [];
  worker!.onmessage = (event) => heard.push(event);
  await Promise.resolve();
  expect(heard).toEqual(["said"]);
  expect(takeEarly(SCRIPT, BASE, "auto")).toBeNull();
});

test.each([
  ["another site", "https://host/other/", "auto"],
  ["another backend", BASE, "tfjs-cpu"],
])("for %s it is ended, and not taken", (_, base, backend) => {
  startEarly(appWith(null), HINTS, SCRIPT);
  expect(takeEarly(SCRIPT, base, backend)).toBeNull();
  expect(FakeWorker.made[0]!.isTerminated).toBe(true);
});

test("one whose script did not come is not taken, so that the next one says why", () => {
  startEarly(appWith(null), HINTS, SCRIPT);
  FakeWorker.made[0]!.onerror!({ preventDefault: () => undefined });
  expect(takeEarly(SCRIPT, BASE, "auto")).toBeNull();
});

test("nothing is started without hints, for a backend that they are not for, or on a page that nobody sees", () => {
  startEarly(appWith(null), {}, SCRIPT);
  startEarly(appWith("tfjs-webgl"), HINTS, SCRIPT);
  vi.stubGlobal("document", { baseURI: "https://host/app/", visibilityState: "hidden" });
  startEarly(appWith(null), HINTS, SCRIPT);
  expect(FakeWorker.made).toEqual([]);
});

test("the worker gets the engine's Wasm compiled, and its bytes as they came, to prove them", async () => {
  startEarly(appWith(null), HINTS, SCRIPT);
  const { sent } = FakeWorker.made[0]!;
  await vi.waitFor(() => { expect(sent).toHaveLength(3); });
  expect(sent).toContainEqual({ type: "compiled", address: ENGINE, module: expect.any(WebAssembly.Module) as unknown, isSlow: false });
  const copy = sent.find(({ type }) => type === "copy") as unknown as { address: string; bytes: ArrayBuffer };
  expect(copy.address).toBe(ENGINE);
  expect(new Uint8Array(copy.bytes)).toEqual(WASM);
});

test.each([
  ["is not there", new Response("no such file", { status: 404 })],
  ["is damaged", new Response(WASM.slice(0, 5), { headers: { "Content-Type": "application/wasm" } })],
])("where the engine's Wasm %s, the worker is told that it does not come from the page", async (_, response) => {
  vi.stubGlobal("fetch", () => Promise.resolve(response));
  startEarly(appWith(null), HINTS, SCRIPT);
  const { sent } = FakeWorker.made[0]!;
  await vi.waitFor(() => { expect(sent).toContainEqual({ type: "compiled", address: ENGINE, module: null, isSlow: false }); });
});

/** Answers as a line that goes on until it is hung up, a byte now and then. */
function drip(_: string, { signal }: RequestInit): Promise<Response> {
  let timer: ReturnType<typeof setInterval>;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      timer = setInterval(() => { controller.enqueue(Uint8Array.of(0)); }, 20);
      signal!.addEventListener("abort", () => {
        clearInterval(timer);
        controller.error(signal!.reason);
      });
    },
  });
  return Promise.resolve(new Response(body));
}

test("where the engine's Wasm comes slowly, it is given up, and the worker is told so, if something smaller may come first", async () => {
  vi.stubGlobal("fetch", drip);
  startEarly(appWith(null), { ...HINTS, large: "9000000" }, SCRIPT);
  const { sent } = FakeWorker.made[0]!;
  await vi.waitFor(() => { expect(sent).toContainEqual({ type: "compiled", address: ENGINE, module: null, isSlow: true }); });
});

test.each([
  ["nothing smaller is there", appWith(null), { ...HINTS, large: "" }, {}],
  ["the backend was named", appWith("litert-wasm"), { ...HINTS, large: "9000000" }, {}],
  ["the visitor saves data", appWith(null), { ...HINTS, large: "9000000" }, { saveData: true }],
])("it is waited for, however slow, where %s", async (_, app, hints, connection) => {
  vi.stubGlobal("fetch", drip);
  vi.stubGlobal("navigator", { hardwareConcurrency: 4, connection });
  startEarly(app, hints, SCRIPT);
  await new Promise((resolve) => { setTimeout(resolve, 300); });
  expect(FakeWorker.made[0]!.sent.map(({ type }) => type)).toEqual(["prepare"]);
});

test("what has no type is compiled once it is there", async () => {
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(WASM)));
  startEarly(appWith(null), HINTS, SCRIPT);
  const { sent } = FakeWorker.made[0]!;
  await vi.waitFor(() => { expect(sent).toContainEqual(expect.objectContaining({ module: expect.any(WebAssembly.Module) as unknown })); });
});

test("a worker that starts late is told the same, unless the hints are for another backend", () => {
  startWorker(SCRIPT, BASE, "litert-wasm", HINTS);
  startWorker(SCRIPT, BASE, "tfjs-cpu", HINTS);
  startWorker(SCRIPT, BASE, "auto", {});
  expect(FakeWorker.made.map(({ sent }) => sent.map(({ type }) => type))).toEqual([["prepare"], [], []]);
});

test("the hints in a page are for its own site only", () => {
  vi.stubGlobal("document", { baseURI: "https://host/app/embed.html", documentElement: { dataset: HINTS } });
  expect(hintsOf(BASE)).toBe(HINTS);
  expect(hintsOf("https://host/other/")).toEqual({});
  expect(hintsOf("https://elsewhere/app/")).toEqual({});
});
