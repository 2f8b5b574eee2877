/** Frames in their own format, as a browser may hand them out; tests/browser/test_pixels.py compares with Chromium's. */

import { beforeEach, describe, expect, it } from "vitest";
import type { Kernels } from "../src/kernels";
import { readOwnFormat } from "../src/pixel_formats";
import { loadKernels } from "./calculators/load_kernels";

let kernels: Kernels;

beforeEach(async () => {
  kernels = await loadKernels();
});

const BT601 = { primaries: "smpte170m", transfer: "smpte170m", matrix: "smpte170m", fullRange: true };

/** A frame whose bytes are all `value`, laid out as given. */
function frame(format: string, bytes: number, layout: PlaneLayout[], value: number, colorSpace: object = BT601): VideoFrame {
  const copyTo = (to: Uint8Array): Promise<PlaneLayout[]> => {
    to.fill(value, 0, bytes);
    return Promise.resolve(layout);
  };
  return { format, colorSpace, allocationSize: () => bytes, copyTo } as unknown as VideoFrame;
}

/** The image's pixels, all of one colour; undefined: it is left to the browser. */
async function read(given: VideoFrame): Promise<number[] | undefined> {
  const image = kernels.newImage(3, 3);
  const isRead = await readOwnFormat(given, image, kernels);
  const pixels = [...image.data];
  image.release();
  expect(kernels.usedBytes).toBe(0);
  if (!isRead) return undefined;
  const first = pixels.slice(0, 4);
  expect(pixels).toEqual(Array.from({ length: 9 }, () => first).flat());
  return first;
}

const planes = (...list: [offset: number, stride: number][]): PlaneLayout[] =>
  list.map(([offset, stride]) => ({ offset, stride }));

describe("a frame in its own format", () => {
  it("is read wherever its planes lie", async () => {
    const tight = planes([0, 3], [9, 2], [13, 2]);
    const padded = planes([64, 16], [112, 8], [128, 8]);
    for (const [bytes, layout] of [[17, tight], [144, padded]] as const) {
      expect(await read(frame("I420", bytes, layout, 128))).toEqual([128, 128, 128, 255]);
    }
    expect(await read(frame("NV12", 17, planes([0, 3], [9, 4]), 128))).toEqual([128, 128, 128, 255]);
  });

  it.each([
    ["I420", 16, planes([0, 3], [9, 2], [13, 2])],
    ["I420", 17, planes([0, 2], [9, 2], [13, 2])],
    ["I420", 17, planes([0, 3], [9, 1], [13, 2])],
    ["I420", 18, planes([0, 3], [9, 2], [13, 3])],
    ["NV12", 17, planes([0, 3], [9, 2])],
    ["NV12", 17, planes([0, 3], [14, 4])],
    ["BGRX", 48, planes([0, 16])],
    ["BGRX", 36, planes([0, 16])],
  ])("is left to the browser where its planes do not fit the image (%s, %d bytes)", async (format, bytes, layout) => {
    expect(await read(frame(format, bytes, layout, 255))).toBeUndefined();
  });

  it.each([{ primaries: null }, { transfer: null }, { matrix: null }, { fullRange: null }, { matrix: "bt2020-ncl" }])(
    "is left to the browser where its colours are not known: %o",
    async (unknown) => {
      const given = frame("NV12", 17, planes([0, 3], [9, 4]), 128, { ...BT601, ...unknown });
      expect(await read(given)).toBeUndefined();
    },
  );

  it("is left to the browser where it is not opaque", async () => {
    expect(await read(frame("RGBA", 36, planes([0, 12]), 255))).toEqual([255, 255, 255, 255]);
    expect(await read(frame("RGBA", 36, planes([0, 12]), 254))).toBeUndefined();
  });
});
