// Reads pictures of random content as the page does, and compares with what the browser itself makes of them.
import { Kernels } from "../../static/src/kernels.ts";
import { readOwnFormat } from "../../static/src/pixel_formats.ts";
import { PixelReader } from "../../static/src/pixels.ts";

const SRGB = { primaries: "bt709", transfer: "iec61966-2-1" };
const kernels = await Kernels.load(fetch("kernels.wasm"));
const reader = new PixelReader(kernels);

function random(length) {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 65536) crypto.getRandomValues(bytes.subarray(i, i + 65536));
  return bytes;
}

function frame({ format, size: [codedWidth, codedHeight], alpha, colors, ...more }) {
  const bytes = random((codedWidth + 1) * (codedHeight + 1) * 4);
  const isPacked = format.startsWith("RGB") || format.startsWith("BGR");
  if (isPacked) for (let i = 3; i < bytes.length; i += 4) bytes[i] = alpha ?? 255;
  const colorSpace = { matrix: isPacked ? "rgb" : "bt709", fullRange: isPacked, ...SRGB, ...colors };
  return new VideoFrame(bytes, { format, codedWidth, codedHeight, colorSpace, timestamp: 0, ...more });
}

function bitmap({ size: [width, height], alpha, pixel }) {
  const data = new ImageData(width, height);
  data.data.set(random(data.data.length));
  for (let i = 3; i < data.data.length; i += 4) data.data[i] = alpha ?? 255;
  if (pixel) for (let i = 0; i < data.data.length; i += 4) data.data.set(pixel, i);
  return createImageBitmap(data);
}

const make = (given) => (given.format === "ImageBitmap" ? bitmap(given) : frame(given));
const asFrame = (picture) => new VideoFrame(picture, { timestamp: 0 });

async function readByBrowser(picture) {
  const one = asFrame(picture);
  const pixels = new Uint8ClampedArray(one.allocationSize({ format: "RGBA" }));
  await one.copyTo(pixels, { format: "RGBA" });
  one.close();
  return pixels;
}

function readFromCanvas(picture) {
  const [width, height] = [picture.displayWidth, picture.displayHeight];
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.globalCompositeOperation = "copy";
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height).data;
}

async function isOwn(picture) {
  const one = asFrame(picture);
  const image = kernels.newImage(one.visibleRect.width, one.visibleRect.height);
  try {
    return await readOwnFormat(one, image, kernels);
  } finally {
    image.release();
    one.close();
  }
}

async function compare(given) {
  const picture = await make(given);
  const own = await isOwn(picture);
  const expected = given.canvas ? readFromCanvas(picture) : await readByBrowser(picture);
  const image = await reader.read(picture);
  const pixels = image.data.slice();
  image.release();
  let difference = pixels.length === expected.length ? 0 : NaN;
  for (const [i, value] of expected.entries()) difference = Math.max(difference, Math.abs(value - pixels[i]));
  const size = [image.width, image.height];
  return { ...given, own, difference, size, first: [...pixels.subarray(0, 4)], used: kernels.usedBytes };
}

window.compareAll = async (list) => {
  const results = [];
  for (const given of list) results.push(await compare(given));
  return results;
};
