/** TF.js in plain JavaScript: runs everywhere, some 30 times as slow as the others. */

import "@tensorflow/tfjs-backend-cpu";

import type { Backend } from "./engine";
import { createTfjs } from "./tfjs";

export const backend: Backend = {
  name: "tfjs-cpu",
  format: "tfjs",
  unavailable: () => Promise.resolve(null),
  create: () => createTfjs("cpu", ""),
};
