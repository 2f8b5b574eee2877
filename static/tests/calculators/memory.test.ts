/** The kernels' memory: what is counted, given back, used again, and refused. */

import { beforeEach, describe, expect, it } from "vitest";
import { STANDARD } from "../../src/calculators/index";
import type { CalculatorContext, Options } from "../../src/graph/calculator";
import { isShared } from "../../src/graph/calculator";
import type { Image, Mask, Tensors } from "../../src/image";
import { Kernels } from "../../src/kernels";
import { loadKernels } from "./load_kernels";

let kernels: Kernels;

beforeEach(async () => {
  kernels = await loadKernels();
});

/** Runs a calculator once; what it is given stays the caller's. */
async function run(name: string, options: Options, inputs: Record<string, unknown>): Promise<Record<string, unknown>> {
  const outputs: Record<string, unknown> = {};
  const context = {
    timestamp: 0,
    tags: Object.keys(inputs),
    input: (tag: string) => inputs[tag],
    require: (tag: string) => inputs[tag],
    wanted: () => true,
    emit: (tag: string, value: unknown) => (outputs[tag] = value),
  } as unknown as CalculatorContext;
  const type = STANDARD.find((one) => one.name === name);
  await type!.create(options, { kernels }, name).process(context);
  return outputs;
}

function photo(width: number, height: number): Image {
  const image = kernels.newImage(width, height);
  const { data } = image;
  for (let i = 0; i < data.length; i++) data[i] = (i * 7919) % 251;
  return image;
}

describe("a payload", () => {
  it("is given back with its last reference", () => {
    const image = kernels.newImage(640, 480);
    image.retain();
    image.release();
    expect(kernels.usedBytes).toBeGreaterThanOrEqual(640 * 480 * 4);
    image.release();
    expect(kernels.usedBytes).toBe(0);
  });

  it("is of no use after its last release", () => {
    const image = kernels.newImage(2, 2);
    image.release();
    expect(() => image.data).toThrow("Image used after its last reference was released");
    expect(() => {
      image.retain();
    }).toThrow("Image retained after");
    expect(() => {
      image.release();
    }).toThrow("Image released after");
  });

  it("keeps its numbers when the memory grows under it", () => {
    const mask = kernels.newMask(3, 1);
    mask.data.set([1, 2, 3]);
    const before = mask.data;
    const large = kernels.newImage(4000, 3000);
    expect(before.length).toBe(0);
    expect([...mask.data]).toEqual([1, 2, 3]);
    large.data.fill(255);
    expect([...mask.data]).toEqual([1, 2, 3]);
  });

  it("does not overlap another, whatever the order in which they come and go", () => {
    const held: { mask: Mask; value: number }[] = [];
    let seed = 1;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    for (let step = 0; step < 2000; step++) {
      if (random() < 0.5 && held.length) held.splice(Math.floor(random() * held.length), 1)[0]!.mask.release();
      const mask = kernels.newMask(1 + Math.floor(random() * 300), 1 + Math.floor(random() * 20));
      mask.data.fill(step);
      held.push({ mask, value: step });
      if (held.length > 40) held.shift()!.mask.release();
    }
    for (const { mask, value } of held) expect(mask.data.every((one) => one === value)).toBe(true);
    for (const { mask } of held) mask.release();
    expect(kernels.usedBytes).toBe(0);
  });

  it.each([
    [0, 5],
    [-1, 5],
    [2.5, 5],
    [NaN, 5],
  ])("of size %dx%d is refused", (width, height) => {
    expect(() => kernels.newImage(width, height)).toThrow(`the image's size ${width}x${height}`);
  });

  it("that the memory cannot hold is one clear error, and the memory is of use afterwards", () => {
    expect(() => kernels.newImage(60000, 60000)).toThrow(/no memory for 13733 MB more of pictures.*use a smaller/);
    kernels.newImage(8000, 6000).release();
    expect(kernels.usedBytes).toBe(0);
  });
});

describe("1,000 frames", () => {
  /** The work of both examples on one frame; releases all that it made. */
  async function frame(image: Image): Promise<void> {
    const size = { output_tensor_width: 64, output_tensor_height: 48, keep_aspect_ratio: true };
    const { TENSORS } = await run("ImageToTensorCalculator", size, { IMAGE: image });
    const [tensor] = TENSORS as Tensors;
    const soft = { shape: [1, 48, 64, 1], data: tensor!.data.slice(0, 48 * 64) };
    const { SIZE } = await run("ImagePropertiesCalculator", {}, { IMAGE: image });
    const { MASK } = await run("TensorsToSegmentationCalculator", {}, { TENSORS: [soft], OUTPUT_SIZE: SIZE });
    const { IMAGE: blurred } = await run("GaussianBlurCalculator", { sigma: 2 }, { IMAGE: image });
    const { IMAGE: blended } = await run("BlendCalculator", {}, { FOREGROUND: image, BACKGROUND: blurred, MASK });
    const point = { kind: "point", points: [[0.5, 0.5]], color: { r: 255, g: 0, b: 0 }, thickness: 3, text: "" };
    const { IMAGE: drawn } = await run("AnnotationOverlayCalculator", {}, { IMAGE: blended, "": [point] });
    for (const one of [TENSORS, MASK, blurred, blended, drawn]) if (isShared(one)) one.release();
  }

  it("use the memory of the first again", async () => {
    const image = photo(96, 64);
    const before = kernels.usedBytes;
    await frame(image);
    const size = image.data.buffer.byteLength;
    for (let i = 1; i < 1000; i++) await frame(image);
    expect(kernels.usedBytes).toBe(before);
    expect(image.data.buffer.byteLength).toBe(size);
  });

  it("of growing and shrinking size need no more than the largest", async () => {
    for (const [width, height] of [[320, 240], [64, 700], [17, 3], [320, 240]] as const) {
      const image = photo(width, height);
      await frame(image);
      image.release();
    }
    const probe = kernels.newMask(1, 1);
    const size = probe.data.buffer.byteLength;
    for (let i = 0; i < 100; i++) {
      const image = photo(1 + ((i * 37) % 320), 1 + ((i * 53) % 240));
      await frame(image);
      image.release();
    }
    expect(probe.data.buffer.byteLength).toBe(size);
  });
});

describe("pictures of 1x1 and of 8000x6000", () => {
  it.each([
    [1, 1],
    [8000, 6000],
  ])("%dx%d goes through blur, mask and blend", async (width, height) => {
    const image = kernels.newImage(width, height);
    image.data.fill(200);
    const { IMAGE: blurred } = await run("GaussianBlurCalculator", { sigma: 8 }, { IMAGE: image });
    const TENSORS = [{ shape: [1, 2, 2, 1], data: Float32Array.of(0.5, 0.5, 0.5, 0.5) }];
    const { MASK } = await run("TensorsToSegmentationCalculator", {}, { TENSORS, OUTPUT_SIZE: image });
    const { IMAGE: blended } = await run("BlendCalculator", {}, { FOREGROUND: image, BACKGROUND: blurred, MASK });
    const { data } = blended as Image;
    expect([data[0], data[data.length >> 1], data[data.length - 1]]).toEqual([200, 200, 200]);
  });
});

describe("what is not needed is not made", () => {
  it("an image that nothing is drawn on, or that no blur changes, is shared", async () => {
    const image = photo(8, 8);
    const before = kernels.usedBytes;
    const overlay = await run("AnnotationOverlayCalculator", {}, { IMAGE: image });
    const blur = await run("GaussianBlurCalculator", { sigma: 0.3 }, { IMAGE: image });
    expect(overlay.IMAGE).toBe(image);
    expect(blur.IMAGE).toBe(image);
    expect(kernels.usedBytes).toBe(before);
    for (let references = 3; references > 0; references--) image.release();
    expect(kernels.usedBytes).toBe(0);
  });
});

describe("kernels.wasm", () => {
  it("that is no WebAssembly is refused", async () => {
    await expect(Kernels.load(new TextEncoder().encode("<html>"))).rejects.toThrow(
      /kernels\.wasm cannot be started .*build the site anew/,
    );
  });

  it("that is another module is refused by what it lacks", async () => {
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(Kernels.load(empty)).rejects.toThrow("it has no function 'blend'");
  });

  it("an image that others hold too is drawn on as a copy; one of its own is drawn on as it is", async () => {
    const image = photo(40, 40);
    const before = [...image.data];
    const dot = [{ kind: "point", points: [[0.5, 0.5]], color: { r: 255, g: 0, b: 0 }, thickness: 3, text: "" }];
    image.retain();
    const copy = (await run("AnnotationOverlayCalculator", {}, { IMAGE: image, "": dot })).IMAGE as Image;
    expect([...image.data]).toEqual(before);
    image.release();
    const same = (await run("AnnotationOverlayCalculator", {}, { IMAGE: image, "": dot })).IMAGE;
    expect(same).toBe(image);
    expect([...image.data]).toEqual([...copy.data]);
  });
});
