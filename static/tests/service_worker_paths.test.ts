/** What a site's service worker answers for, and what it leaves alone. */

import { describe, expect, it } from "vitest";
import { isOfSite } from "../src/service_worker_paths";

const SCOPE = "https://host.example/my%20apps/";

describe("a site's own are", () => {
  it.each([
    "",
    "?strength=4",
    "index.html",
    "embed.html?origin=https%3A%2F%2Fhost.example",
    "manifest.json?build=0123456789abcdef",
    "page/0123456789abcdef/worker.js",
    "models/0123456789abcdef.tflite",
    "samples/0-0123456789abcdef-me.jpg",
    "python/pyodide-314.0.4-0123456789abcdef/pyodide.mjs",
  ])("'%s'", (path) => {
    expect(isOfSite(SCOPE + path, SCOPE)).toBe(true);
  });
});

describe("another's are", () => {
  it.each(["blog/", "blog/index.html", "about.html", "page/two.html", "models/", "blog/page/0123456789abcdef/worker.js"])(
    "'%s'",
    (path) => {
      expect(isOfSite(SCOPE + path, SCOPE)).toBe(false);
    },
  );

  it("those of another folder or host", () => {
    expect(isOfSite("https://host.example/index.html", SCOPE)).toBe(false);
    expect(isOfSite("https://other.example/my%20apps/index.html", SCOPE)).toBe(false);
  });
});
