import { describe, expect, it, vi } from "vitest";
import { fit, MAX_PIXELS } from "../src/image_decoding";
import { amount, cameraFailure, pendingSentence, stageSentence } from "../src/messages";
import type { Result } from "../src/protocol";
import { RisingClock } from "../src/rising_clock";
import { readSamples } from "../src/samples";
import { mediaKind, readChoice } from "../src/sources";
import { Stats } from "../src/stats";
import { missingFeatures } from "../src/support";
import { valuesText } from "../src/value_text";
import { Watchdog } from "../src/watchdog";

const BASE = new URL("https://example.org/app/");

describe("what the page says", () => {
  it("gives bytes in KB and MB, and small totals as steps", () => {
    expect(amount(120_000, 249_000)).toBe(", 120 of 249 KB");
    expect(amount(1_500_000, 6_100_000)).toBe(", 1.5 of 6.1 MB");
    expect(amount(2, 5)).toBe(", 2 of 5");
    expect(amount(2, 0)).toBe("");
  });

  it("names the stage and what is loaded", () => {
    expect(stageSentence("model", "")).toBe("Loading the model");
    expect(stageSentence("packages", "numpy")).toBe("Loading Python's packages: numpy");
  });

  it("names the calculators that wait for Python", () => {
    expect(pendingSentence(["largest_face"])).toBe("Python is starting: 'largest_face' is not shown yet");
    expect(pendingSentence(["a", "b"])).toBe("Python is starting: 'a', 'b' are not shown yet");
  });

  it.each([
    ["NotAllowedError", "allow it"],
    ["NotFoundError", "No camera was found"],
    ["NotReadableError", "in use by another program"],
    ["AbortError", "(AbortError)"],
  ])("says what to do about a camera's %s", (name, words) => {
    const failure = cameraFailure(new DOMException("", name));
    expect(failure.name).toBe("SourceError");
    expect(failure.message).toContain(words);
  });
});

describe("an image's size", () => {
  it("is kept up to sixteen megapixels", () => {
    expect(fit({ width: 4000, height: 4000 }, MAX_PIXELS)).toBeNull();
    expect(fit({ width: 1, height: 1 }, MAX_PIXELS)).toBeNull();
  });

  it("is scaled to the same shape above that", () => {
    const size = fit({ width: 8000, height: 6000 }, MAX_PIXELS)!;
    expect(size.width * size.height).toBeLessThanOrEqual(MAX_PIXELS);
    expect(size.width / size.height).toBeCloseTo(4 / 3, 3);
  });

  it("never becomes zero", () => {
    expect(fit({ width: 20_000_000, height: 1 }, MAX_PIXELS)).toEqual({ width: expect.any(Number) as number, height: 1 });
  });
});

describe("a rising clock", () => {
  it("counts microseconds from its first time", () => {
    const clock = new RisingClock();
    expect([10, 10.04, 10.08].map((seconds) => clock.next(seconds))).toEqual([0, 40_000, 80_000]);
  });

  it("rises by one where time stands still", () => {
    const clock = new RisingClock();
    expect([1, 1, 1].map((seconds) => clock.next(seconds))).toEqual([0, 1, 2]);
  });

  it("goes on after the last frame when a video begins again", () => {
    const clock = new RisingClock();
    expect([0, 0.5, 0, 0.5].map((seconds) => clock.next(seconds))).toEqual([0, 500_000, 500_001, 1_000_001]);
  });
});

describe("the attribute 'source'", () => {
  it("is a camera, a screen, an address, or nothing", () => {
    expect(readChoice("camera")).toEqual({ kind: "camera" });
    expect(readChoice("screen")).toEqual({ kind: "screen" });
    expect(readChoice("a.jpg")).toEqual({ kind: "address", address: "a.jpg" });
    for (const nothing of [null, "", "none"]) expect(readChoice(nothing)).toBeNull();
  });
});

describe("the kind of a file", () => {
  it.each([
    ["image/jpeg", "x", "image"],
    ["VIDEO/MP4", "x", "video"],
    ["", "a.JPG", "image"],
    ["application/octet-stream", "a.webm", "video"],
    ["text/plain", "a.jpg", null],
    ["", "notes", null],
  ])("'%s' named '%s' is %s", (type, name, kind) => {
    expect(mediaKind(type, name)).toBe(kind);
  });
});

describe("a manifest's samples", () => {
  const sample = { name: "Astronaut", path: "samples/astronaut.jpg", kind: "image" };
  const read = (...samples: unknown[]): unknown => readSamples({ format: 1, samples }, BASE, "m");

  it("have absolute addresses", () => {
    expect(read(sample)).toEqual([
      { name: "Astronaut", kind: "image", address: "https://example.org/app/samples/astronaut.jpg" },
    ]);
  });

  it.each(["https://elsewhere.org/a.jpg", "//elsewhere.org/a.jpg", "/a.jpg", "../a.jpg", "a/../../b.jpg", "data:,", "", 7])(
    "must lie in the site's folder, and '%s' does not",
    (path) => {
      expect(() => read({ ...sample, path })).toThrow("sample 0 is none");
    },
  );

  it.each([null, 7, {}, { format: 2, samples: [] }, { format: 1, samples: {} }])("are not in %j", (manifest) => {
    expect(() => readSamples(manifest, BASE, "m")).toThrow("'m' is no manifest");
  });
});

describe("the statistics", () => {
  const result = (milliseconds: number, shown = true): Result => ({
    type: "result",
    id: 1,
    timestamp: 0,
    values: {},
    pending: [],
    milliseconds: { blur: milliseconds },
    ...(shown ? { shown: { width: 1, height: 1 } } : {}),
  });

  it("give each calculator's median", () => {
    const stats = new Stats();
    for (const took of [1, 100, 3, 2]) stats.add(result(took), 0);
    expect(stats.milliseconds()).toEqual({ blur: 2.5 });
  });

  it("count as shown only what was drawn", () => {
    const stats = new Stats();
    stats.add(result(1), 0);
    stats.add(result(1, false), 0);
    expect(stats.framesShown).toBe(1);
  });

  it("give the rate of the last two seconds", () => {
    const stats = new Stats();
    for (let now = 0; now < 5000; now += 50) stats.add(result(1), now);
    expect(stats.rate(4950)).toBeCloseTo(20, 1);
    expect(stats.rate(9000)).toBe(0);
  });

  it("time the first result from when it was asked for", () => {
    const stats = new Stats();
    stats.asked(100);
    stats.asked(300);
    stats.add(result(1), 450);
    stats.add(result(1), 900);
    expect(stats.firstResultMs).toBe(350);
  });
});

describe("values without a view of their own, as text", () => {
  it("name each stream and what it carries", () => {
    const text = valuesText({
      none: [],
      mask: { width: 4, height: 3, data: new Float32Array(12) },
      tensor: { shape: [1, 896, 16], data: new Float32Array() },
    });
    expect(text.split("\n")).toEqual([
      "none: none",
      "mask: mask of 4 × 3",
      "tensor: tensor of 1 × 896 × 16",
    ]);
  });

  it("cut long lists", () => {
    const text = valuesText({ landmarks: Array.from({ length: 468 }, () => ({ x: 0.5, y: 0.25, z: 0 })) });
    expect(text).toContain("  x 0.500  y 0.250  z 0.000");
    expect(text).toContain("and 456 more");
  });
});

describe("a watchdog", () => {
  it("barks once, after its time", () => {
    vi.useFakeTimers();
    const bark = vi.fn();
    const dog = new Watchdog(10, bark);
    dog.feed();
    vi.advanceTimersByTime(9_900);
    expect(bark).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(bark).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it("does not take a computer's sleep for a hang", () => {
    vi.useFakeTimers();
    const bark = vi.fn();
    const dog = new Watchdog(10, bark);
    dog.feed();
    vi.advanceTimersByTime(5_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(1_000);
    expect(bark).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});

describe("a browser", () => {
  it("without what is needed is told what it lacks", () => {
    expect(missingFeatures({ Worker: 1, WebAssembly: 1 })).toEqual([
      "OffscreenCanvas",
      "createImageBitmap",
      "video frame callbacks",
    ]);
  });
});
