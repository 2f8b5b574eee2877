/**
 * LiteRT.js on WebNN: told of, but not used. It needs LiteRT.js's build for JSPI, and no browser that this project is
 * tested in gives a context (Chromium 156 on Linux has `navigator.ml` behind a flag, and refuses).
 */

import type { Backend } from "./engine";
import { messageOf } from "./engine";

/** https://www.w3.org/TR/webnn/#api-ml */
interface ML {
  createContext(): Promise<{ destroy?(): void }>;
}

export const backend: Backend = {
  name: "litert-webnn",
  format: "tflite",
  unavailable,
  create: () => Promise.reject(new Error("WebNN is not used yet")),
};

async function unavailable(): Promise<string> {
  const { ml } = navigator as { ml?: ML };
  if (ml === undefined) return "this browser has no WebNN";
  try {
    (await ml.createContext()).destroy?.();
    return "PyWebML has not been tried with WebNN yet, so it does not use it";
  } catch (error) {
    return `this browser's WebNN gives no context: ${messageOf(error).replace(/\.$/, "")}`;
  }
}
