import { expect, test } from "vitest";
import { Integrity } from "../src/integrity";
import { LoadError, proved } from "../src/loading";

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
