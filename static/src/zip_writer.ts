/** Writes a zip file, its members stored as they are: pictures are compressed already. */

import type { Zip } from "fflate";
import { AppError } from "./failure";
import type { MediaLibrary } from "./media_loading";
import { zipFull } from "./media_messages";

/** Bytes of members: without the extension ZIP64, which fflate does not write, a zip ends at 4.29e9 (APPNOTE.TXT 4.4.1.4). */
const MOST_BYTES = 4e9;

/** Members that such a zip can count are 65,535; one is kept free for the list of results. */
const MOST_MEMBERS = 65_534;

export class ZipWriter {
  readonly #library: MediaLibrary;
  readonly #zip: Zip;
  /** Blobs, which browsers may keep on the disk. */
  readonly #parts: Blob[] = [];
  #bytes = 0;
  #members = 0;
  readonly #names = new Set<string>();

  constructor(library: MediaLibrary) {
    this.#library = library;
    this.#zip = new library.Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#parts.push(new Blob([chunk]));
    });
  }

  /** A name like this one that no member has yet: "photo.png", then "photo (2).png". */
  fresh(name: string): string {
    let free = name;
    for (let count = 2; this.#names.has(free); count += 1) free = name.replace(/(\.[^./]*)?$/, ` (${count})$1`);
    this.#names.add(free);
    return free;
  }

  /** `name` is one that {@link fresh} has given; throws an {@link AppError} where no more images fit. */
  async addImage(name: string, content: Blob): Promise<void> {
    if (this.#bytes + content.size > MOST_BYTES || this.#members >= MOST_MEMBERS) throw new AppError(zipFull());
    this.#bytes += content.size;
    this.#members += 1;
    await this.add(name, content);
  }

  /** As {@link addImage}, of what there is always room for. */
  async add(name: string, content: Blob): Promise<void> {
    const member = new this.#library.ZipPassThrough(name);
    this.#zip.add(member);
    member.push(new Uint8Array(await content.arrayBuffer()), true);
  }

  close(): Blob {
    this.#zip.end();
    return new Blob(this.#parts, { type: "application/zip" });
  }
}
