/** LiteRT.js on WebNN, where a browser offers it. No browser that this project is tested in does. */

import type { Backend } from "./engine";

export const backend: Backend = {
  name: "litert-webnn",
  format: "tflite",
  unavailable: () =>
    Promise.resolve(
      "ml" in navigator
        ? "PyWebML has not been tried with WebNN yet, so it does not use it"
        : "this browser has no WebNN",
    ),
  create: () => Promise.reject(new Error("WebNN is not used yet")),
};
