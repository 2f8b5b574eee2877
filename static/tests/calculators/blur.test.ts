/** What sets the blur's sigma: its option, or a packet in the option's place. */

import { describe, expect, it } from "vitest";
import { gaussianBlur } from "../../src/calculators/blur";
import type { CalculatorContext, Options } from "../../src/graph/calculator";
import type { Image } from "../../src/image";
import { Kernels } from "../../src/kernels";
import { loadKernels } from "./load_kernels";

const kernels: Kernels = await loadKernels();

/** A white pixel on black, blurred: what the middle is afterwards; undefined where nothing came out. */
async function middle(options: Options, inputs: Record<string, unknown>): Promise<number | undefined> {
  const image = kernels.newImage(31, 31);
  image.data.fill(0);
  image.data.fill(255, 4 * (15 * 31 + 15), 4 * (15 * 31 + 16));
  let found: number | undefined;
  const given: Record<string, unknown> = { IMAGE: image, ...inputs };
  const context = {
    tags: Object.keys(given),
    input: (tag: string) => given[tag],
    require: (tag: string) => given[tag],
    emit: (_: string, blurred: Image) => { found = blurred.data[4 * (15 * 31 + 15)]; },
  } as unknown as CalculatorContext;
  const calculator = gaussianBlur.create(options, { kernels }, "blur");
  await calculator.open?.(context);
  await calculator.process(context);
  return found;
}

describe("a blur's sigma", () => {
  it("is that of a packet where there is one, and else the option", async () => {
    const soft = await middle({ sigma: 1 }, {});
    expect(await middle({ sigma: 4 }, { SIGMA: 1 })).toBe(soft);
    expect(await middle({ sigma: 1 }, { SIGMA: undefined })).toBe(soft);
    expect(await middle({}, { SIGMA: 1 })).toBe(soft);
    expect(await middle({ sigma: 4 }, { SIGMA: 0 })).toBe(255);
  });

  it("that nothing gives lets nothing out, as an input without a packet", async () => {
    expect(await middle({}, { SIGMA: undefined })).toBeUndefined();
  });

  it("must be an option where no stream gives it", async () => {
    await expect(middle({}, {})).rejects.toThrow("the option 'sigma' must be a number, not left out");
  });

  it.each([109, -1, NaN])("cannot be %j, whoever gives it", async (sigma) => {
    const range = `'sigma' must be 0 to 108, not ${sigma}`;
    await expect(middle({}, { SIGMA: sigma })).rejects.toThrow(range);
  });
});
