/** Pixels between the browser's pictures and the graph's images. */

import type { Image } from "./image";
import type { Kernels } from "./kernels";
import { readOwnFormat } from "./pixel_formats";

/** Reads a picture into an image of the graph, RGBA; closes the picture. */
export class PixelReader {
  private canvas: OffscreenCanvasRenderingContext2D | undefined;
  private convertsFrames = true;

  constructor(private readonly kernels: Kernels) {}

  async read(picture: ImageBitmap | VideoFrame): Promise<Image> {
    try {
      return await this.copy(picture);
    } finally {
      picture.close();
    }
  }

  private async copy(picture: ImageBitmap | VideoFrame): Promise<Image> {
    const [width, height] = sizeOf(picture);
    const image = this.kernels.newImage(width, height);
    try {
      if (!(this.convertsFrames && (await this.convert(picture, image)))) this.draw(picture, image);
    } catch (error) {
      image.release();
      throw error;
    }
    return image;
  }

  /** Without a canvas; false where the browser cannot for this picture. */
  private async convert(picture: ImageBitmap | VideoFrame, image: Image): Promise<boolean> {
    if (typeof VideoFrame === "undefined") return false;
    const frame = picture instanceof VideoFrame ? picture : new VideoFrame(picture, { timestamp: 0 });
    try {
      if (!showsAsItIs(frame)) return false;
      const isRead = await readOwnFormat(frame, image, this.kernels).catch(() => false);
      return isRead || (await convertByBrowser(frame, image));
    } catch {
      // Safari and Firefox: no conversion of formats; a canvas does it from now on.
      this.convertsFrames = false;
      return false;
    } finally {
      if (frame !== picture) frame.close();
    }
  }

  private draw(picture: ImageBitmap | VideoFrame, image: Image): void {
    const { width, height } = image;
    this.canvas ??= new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
    if (this.canvas.canvas.width !== width || this.canvas.canvas.height !== height) {
      this.canvas.canvas.width = width;
      this.canvas.canvas.height = height;
    }
    this.canvas.globalCompositeOperation = "copy";
    this.canvas.drawImage(picture, 0, 0, width, height);
    image.data.set(this.canvas.getImageData(0, 0, width, height).data);
  }
}

/** Whether the visitor sees the frame's pixels one by one: not stretched, turned or mirrored. */
function showsAsItIs(frame: VideoFrame & { rotation?: number; flip?: boolean }): boolean {
  const { visibleRect, displayWidth, displayHeight, rotation, flip } = frame;
  return visibleRect?.width === displayWidth && visibleRect.height === displayHeight && !rotation && !flip;
}

/** The browser's own conversion to RGBA; false where it has none for this frame. */
async function convertByBrowser(frame: VideoFrame, image: Image): Promise<boolean> {
  const { data } = image;
  if (frame.allocationSize({ format: "RGBA" }) !== data.byteLength) return false;
  const layout = await frame.copyTo(data, { format: "RGBA" });
  return layout[0]?.stride === image.width * 4;
}

function sizeOf(picture: ImageBitmap | VideoFrame): [width: number, height: number] {
  if (!("displayWidth" in picture)) return [picture.width, picture.height];
  return [picture.displayWidth, picture.displayHeight];
}

/** Draws an image on the visitor's canvas, which takes the image's size. */
export class Display {
  private readonly context: OffscreenCanvasRenderingContext2D;

  constructor(private readonly canvas: OffscreenCanvas) {
    this.context = canvas.getContext("2d", { alpha: false })!;
  }

  draw(image: Image): void {
    const { width, height } = image;
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }
    this.context.putImageData(toImageData(image), 0, 0);
  }

  /** What has been drawn, as a PNG file. */
  picture(): Promise<Blob> {
    return this.canvas.convertToBlob({ type: "image/png" });
  }
}

/** The image's pixels as ImageData: a view, good until the image is released. */
export function toImageData({ data, width, height }: Image): ImageData {
  return new ImageData(data, width, height);
}
