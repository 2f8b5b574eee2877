/** A frame's pixels in its own format, copied into the kernels' memory and made RGBA there. */

import type { Image } from "./image";
import type { Kernels } from "./kernels";

const PACKED = ["BGRA", "BGRX", "RGBA", "RGBX"];
const PLANAR = ["I420", "NV12"];
/**
 * Colour spaces that Chromium shows on an sRGB canvas as they are; it converts those of other primaries and transfers,
 * such as wide gamut and HDR (found by comparison, tests/browser/test_pixels.py).
 */
const PRIMARIES = ["bt709", "smpte170m"];
const TRANSFERS = ["bt709", "smpte170m", "iec61966-2-1"];
/** YUV by BT.709, or by BT.601 (the other two). */
const MATRICES = ["bt709", "smpte170m", "bt470bg"];

/**
 * Fills an image of the frame's visible size, with the pixels that `copyTo` gives with the format "RGBA": in Chromium in
 * 0.3 to 0.5 of the time.
 *
 * @returns false where this cannot be: the format or the colour space is another, or a pixel is not opaque (its colours
 *   may be multiplied by alpha); then the image holds nothing of use.
 */
export async function readOwnFormat(frame: VideoFrame, image: Image, kernels: Kernels): Promise<boolean> {
  const { primaries, transfer } = frame.colorSpace;
  if (!PRIMARIES.includes(primaries ?? "") || !TRANSFERS.includes(transfer ?? "")) return false;
  if (PACKED.includes(frame.format ?? "")) return readPacked(frame, image, kernels);
  return PLANAR.includes(frame.format ?? "") && readPlanes(frame, image, kernels);
}

async function readPacked(frame: VideoFrame, image: Image, kernels: Kernels): Promise<boolean> {
  const { data } = image;
  if (frame.allocationSize() !== data.byteLength) return false;
  const [plane] = await frame.copyTo(data);
  return plane?.stride === image.width * 4 && kernels.opaqueToRgba(image, frame.format!.startsWith("BGR"));
}

async function readPlanes(frame: VideoFrame, image: Image, kernels: Kernels): Promise<boolean> {
  const { matrix, fullRange } = frame.colorSpace;
  if (!MATRICES.includes(matrix ?? "") || fullRange === null) return false;
  const bytes = kernels.newBytes(frame.allocationSize());
  try {
    const layout = await frame.copyTo(bytes.data);
    if (!holds(layout, bytes.length, image)) return false;
    kernels.yuvToRgba({ bytes, layout, isBt709: matrix === "bt709", isFullRange: fullRange }, image);
    return true;
  } finally {
    bytes.release();
  }
}

/** Whether the planes lie inside `length` bytes and are large enough for the image, those of U and V of one stride. */
function holds(layout: readonly PlaneLayout[], length: number, { width, height }: Image): boolean {
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const chroma = layout.length === 3 ? columns : columns * 2;
  const fits = ({ offset, stride }: PlaneLayout, wide: number, high: number): boolean =>
    stride >= wide && offset >= 0 && offset + stride * (high - 1) + wide <= length;
  if (layout.length === 3 && layout[1]!.stride !== layout[2]!.stride) return false;
  return layout.every((plane, i) => (i === 0 ? fits(plane, width, height) : fits(plane, chroma, rows)));
}
