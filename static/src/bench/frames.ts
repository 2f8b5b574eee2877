/** The frames that all subjects are given: the same ones, in the same order. */

/** How far a lone picture wanders, so that no two frames that follow each other are the same; pixels. */
const WANDER = 32;

export class Frames {
  private constructor(private readonly pictures: readonly ImageBitmap[]) {}

  static async load(addresses: readonly string[]): Promise<Frames> {
    return new Frames(await Promise.all(addresses.map(fetchPicture)));
  }

  get width(): number {
    const [{ width }] = this.pictures as [ImageBitmap];
    return this.pictures.length > 1 ? width : Math.max(width - WANDER, 1);
  }

  get height(): number {
    return this.pictures[0]!.height;
  }

  /**
   * A frame to give away; of one picture, a window that moves a pixel a frame. It is made by the page that takes it,
   * since TF.js knows an ImageBitmap by its own page's class.
   */
  frame(index: number, taker: Pick<Window, "createImageBitmap">): Promise<ImageBitmap> {
    const picture = this.pictures[index % this.pictures.length]!;
    if (this.pictures.length > 1) return taker.createImageBitmap(picture);
    return taker.createImageBitmap(picture, index % Math.min(WANDER, picture.width), 0, this.width, this.height);
  }
}

async function fetchPicture(address: string): Promise<ImageBitmap> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`the frame '${address}' could not be fetched: status ${response.status}`);
  return createImageBitmap(await response.blob());
}
