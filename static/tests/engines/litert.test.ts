import { expect, test } from "vitest";

import { importNothing } from "../../src/engines/litert";

test("while LiteRT starts, nobody takes its worker for a classic one by having it import a data: script, as Pyodide does", () => {
  expect(() => { importNothing("data:text/javascript,"); }).toThrow("Module scripts don't support importScripts().");
  expect(() => { importNothing("https://host/engine/litert/litert_wasm_internal.js"); }).not.toThrow();
});
