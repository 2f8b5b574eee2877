import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Integrity } from "../src/integrity";
import { LoadError, proved } from "../src/loading";
import type { Manifest } from "../src/protocol";

const BASE = "https://site.example/app/";
const PATH = "engine/0/litert/engine.wasm";
const BYTES = Uint8Array.of(0, 97, 115, 109);

const sha256 = [...new Uint8Array(await crypto.subtle.digest("SHA-256", BYTES))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const integrity = new Integrity(BASE, { files: [{ path: PATH, bytes: BYTES.length, sha256 }] });
// Node has no pages, and so says nothing of it.
globalThis.isSecureContext = true;

test("a copy that is what was built has no fault, and need not be proved again", async () => {
  expect(await integrity.faultOf(`${BASE}${PATH}?build=1`, new Response(BYTES))).toBeNull();
  expect(proved).toContain(`${BASE}${PATH}`);
});

test("a copy of which a bit is another, or that is too short, is damaged by name", async () => {
  const message = `'${PATH}' is damaged: its bytes are not those that were built; reload, or build again`;
  for (const bytes of [Uint8Array.of(0, 97, 115, 108), BYTES.slice(0, 3)]) {
    expect(await integrity.faultOf(BASE + PATH, new Response(bytes))).toEqual(new LoadError(message, "engine"));
  }
});

test("of a file that the manifest does not list, nothing is known", async () => {
  expect(await integrity.faultOf(`${BASE}other.wasm`, new Response("other"))).toBeNull();
});

const SNAPSHOT = { path: "python/snapshot-0.bin", bytes: 1, sha256: "0" };
const asked = vi.fn<(address: URL) => Promise<Response>>();
beforeEach(() => {
  vi.stubGlobal("fetch", asked);
  proved.clear();
  asked.mockReset();
});
afterEach(() => { vi.unstubAllGlobals(); });

function fresh(...more: { path: string; bytes: number; sha256: string }[]): Integrity {
  const python = { snapshot: { delta: SNAPSHOT, code: SNAPSHOT } } as unknown as Manifest["python"];
  return new Integrity(BASE, { files: [{ path: PATH, bytes: BYTES.length, sha256 }, SNAPSHOT, ...more], python });
}

test("what was loaded elsewhere is proved by what the browser has of it, once", async () => {
  const integrity = fresh();
  asked.mockResolvedValue(new Response(BYTES));
  expect(await integrity.faultAmong([`${BASE}${PATH}?build=1`])).toBeNull();
  expect(await integrity.faultAmong([BASE + PATH])).toBeNull();
  expect(asked.mock.calls.map(([address]) => address.href)).toEqual([`${BASE}${PATH}?build=1`]);
  expect(proved).toContain(BASE + PATH);
});

test("a file that is damaged is told at once, whatever another one takes, and so again", async () => {
  const other = { path: "page/0/engine.js", bytes: 1, sha256: "0" };
  const integrity = fresh(other);
  asked.mockImplementation(({ href }) => (href.endsWith(other.path) ? new Promise(() => undefined) : Promise.resolve(new Response("?"))));
  const fault = await integrity.faultAmong([BASE + other.path, BASE + PATH]);
  expect(fault?.message).toMatch(`'${PATH}' is damaged`);
  expect(await integrity.faultAmong([BASE + PATH])).toBe(fault);
});

test("a file that is not there is told with the server's answer", async () => {
  asked.mockResolvedValue(new Response("", { status: 404 }));
  expect((await fresh().faultAmong([BASE + PATH]))?.message).toMatch(`'${PATH}' could not be fetched: the server answers 404`);
});

test("Python's snapshot is left to Python, which starts without it", async () => {
  expect(await fresh().faultAmong([BASE + SNAPSHOT.path])).toBeNull();
  expect(asked).not.toHaveBeenCalled();
});
