import { afterEach, expect, test, vi } from "vitest";
import { Answerer } from "../src/service_worker_answer";
import type { Store } from "../src/service_worker_store";

const SCOPE = "https://host/app/";
const POLICY = {
  "Content-Security-Policy": "{{csp}}",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

/** Nothing is kept. */
const STORE = { state: () => Promise.resolve({ current: null, next: null, good: [], bad: [] }) } as unknown as Store;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

async function answer(path: string, destination: RequestDestination, response: Response): Promise<Response> {
  Object.defineProperty(response, "type", { value: "basic" });
  vi.stubGlobal("fetch", () => Promise.resolve(response));
  const request = { method: "GET", url: SCOPE + path, mode: "cors", destination, headers: new Headers() };
  return new Answerer(STORE, SCOPE).answer(request as unknown as Request);
}

function file(headers: Record<string, string>): Response {
  return new Response("bytes", { headers });
}

test.each([
  ["engine/a.wasm", "", file({ "Content-Type": "application/wasm" })],
  ["page/widget.js", "script", file({ "Content-Type": "text/javascript; charset=utf-8" })],
  ["models/a.tflite", "", file({ "Content-Type": "application/octet-stream" })],
  ["index.html", "document", file({ "Content-Type": "text/html", ...POLICY })],
] as const)("'%s' is handed on as it came, with the code that the browser keeps of it", async (path, destination, response) => {
  expect(await answer(path, destination, response)).toBe(response);
});

test.each([
  ["index.html", "document", "text/html"],
  ["embed.html", "iframe", "text/html"],
  ["page/worker.js", "worker", "text/javascript"],
] as const)("'%s' gets the policy where the host does not send it", async (path, destination, type) => {
  const { headers } = await answer(path, destination, file({ "Content-Type": type }));
  for (const [name, value] of Object.entries(POLICY)) expect(headers.get(name)).toBe(value);
});

test.each([
  ["engine/a.wasm", "application/octet-stream", "application/wasm"],
  ["page/widget.js", "text/plain", "text/javascript"],
  ["page/widget.js", "text/javascript; charset=iso-8859-1", "text/javascript"],
])("'%s' of the wrong type '%s' becomes '%s'", async (path, given, wanted) => {
  const response = await answer(path, "", file({ "Content-Type": given }));
  expect(response.headers.get("Content-Type")).toBe(wanted);
  expect(await response.text()).toBe("bytes");
});

test("nothing is kept in the first three seconds of a visit, of the last one where there are more", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("page")));
  const answerer = new Answerer(STORE, SCOPE);
  await answerer.calm();
  const visit = { method: "GET", url: SCOPE, mode: "navigate", destination: "document", headers: new Headers() };
  await answerer.answer(visit as unknown as Request);
  let isCalm = false;
  void answerer.calm().then(() => { isCalm = true; });
  await vi.advanceTimersByTimeAsync(2000);
  await answerer.answer(visit as unknown as Request);
  await vi.advanceTimersByTimeAsync(2900);
  expect(isCalm).toBe(false);
  await vi.advanceTimersByTimeAsync(200);
  expect(isCalm).toBe(true);
});
