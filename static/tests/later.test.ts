import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LaterFiles } from "../src/python/later";

const BYTES = Uint8Array.of(1, 2, 3);
const SHA256 = "039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81";
const ASSET = { path: "python/lib.zip", bytes: 3, sha256: SHA256 };

let status = 200;
let served: Uint8Array = BYTES;
let asked: string[] = [];

class Request {
  responseType = "";
  status = 0;
  response = new ArrayBuffer(0);
  private address = "";
  open(_method: string, address: URL, isAsynchronous: boolean): void {
    expect(isAsynchronous).toBe(false);
    this.address = address.href;
  }
  send(): void {
    asked.push(this.address);
    if (status === 0) throw new Error("network");
    this.status = status;
    this.response = served.slice().buffer;
  }
}

beforeEach(() => {
  [status, served, asked] = [200, BYTES, []];
  vi.stubGlobal("XMLHttpRequest", Request);
  vi.stubGlobal("isSecureContext", true);
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(served.slice())));
});
afterEach(() => { vi.unstubAllGlobals(); });

/** Stands for Python's own, which is asked without waiting. */
function sha256(bytes: Uint8Array): string {
  return bytes.join() === BYTES.join() ? SHA256 : "";
}

function filesOf(put: (bytes: Uint8Array) => void): LaterFiles {
  return new LaterFiles("https://host/app/", [{ asset: ASSET, put }]);
}

test("files come behind, and are put where they belong", async () => {
  const put = vi.fn();
  await filesOf(put).come();
  expect(put).toHaveBeenCalledExactlyOnceWith(BYTES);
});

test("what is wanted before it has come is brought at once, and not put a second time", async () => {
  const put = vi.fn();
  const files = filesOf(put);
  const coming = files.come();
  files.bring(sha256);
  expect(put).toHaveBeenCalledExactlyOnceWith(BYTES);
  expect(asked).toEqual(["https://host/app/python/lib.zip"]);
  await coming;
  files.bring(sha256);
  expect(put).toHaveBeenCalledTimes(1);
  expect(asked).toHaveLength(1);
});

test.each([
  ["is damaged", () => { served = Uint8Array.of(1, 2, 4); }, "'python/lib.zip' is damaged: "],
  ["is too short", () => { served = Uint8Array.of(1); }, "'python/lib.zip' is damaged: "],
  ["is missing", () => { status = 404; }, "'python/lib.zip' could not be fetched: the server answers 404"],
  ["cannot be reached", () => { status = 0; }, "'python/lib.zip' could not be fetched: the network is down"],
])("a file that %s is named, is put nowhere, and may be asked for again", (_, spoil, message) => {
  const put = vi.fn();
  const files = filesOf(put);
  spoil();
  expect(() => { files.bring(sha256); }).toThrow(message);
  expect(put).not.toHaveBeenCalled();
  [status, served] = [200, BYTES];
  files.bring(sha256);
  expect(put).toHaveBeenCalledTimes(1);
});

test("what could not come behind is brought by the import that wants it", async () => {
  const put = vi.fn();
  const files = filesOf(put);
  served = Uint8Array.of(9, 9, 9);
  await expect(files.come()).rejects.toThrow("is damaged");
  served = BYTES;
  files.bring(sha256);
  expect(put).toHaveBeenCalledTimes(1);
});
