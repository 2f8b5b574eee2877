/** Images as the graph gets them: upright, alpha apart, colours as they are stored, of a size that can be held. */

/** Pixels above which an image is made smaller: four bytes each, and several copies live in the worker. */
export const MAX_PIXELS = 16_000_000;

/** The same for every picture, so that browser and desktop see the same bytes. */
export const DECODING: Readonly<ImageBitmapOptions> = {
  imageOrientation: "from-image",
  premultiplyAlpha: "none",
  colorSpaceConversion: "none",
};

export interface Size {
  width: number;
  height: number;
}

export interface Decoded {
  image: ImageBitmap;
  /** What it was, where it has been made smaller. */
  original: Size | null;
}

/** Decodes whatever createImageBitmap takes; rejects as that does. */
export async function decodeImage(source: ImageBitmapSource): Promise<Decoded> {
  const image = await createImageBitmap(source, DECODING);
  const wanted = fit(image, MAX_PIXELS);
  if (wanted === null) return { image, original: null };
  const original = { width: image.width, height: image.height };
  try {
    return { image: await shrink(image, wanted), original };
  } finally {
    image.close();
  }
}

function shrink(image: ImageBitmap, size: Size): Promise<ImageBitmap> {
  const resize = { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: "medium" } as const;
  return createImageBitmap(image, { ...DECODING, ...resize });
}

/** The largest size of the same shape within `pixels`; null if it fits as it is. */
export function fit(size: Size, pixels: number): Size | null {
  if (size.width * size.height <= pixels) return null;
  const scale = Math.sqrt(pixels / (size.width * size.height));
  const width = Math.max(1, Math.floor(size.width * scale));
  const height = Math.max(1, Math.floor(size.height * scale));
  // A strip one pixel high would still be too long after rounding up to one.
  return { width: Math.min(width, pixels), height: Math.min(height, pixels) };
}
