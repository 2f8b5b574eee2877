/** Writes a zip file, its members stored as they are: pictures are compressed already. */

import type { Zip } from "fflate";
import type { MediaLibrary } from "./media_loading";

export class ZipWriter {
  readonly #library: MediaLibrary;
  readonly #zip: Zip;
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #names = new Set<string>();

  constructor(library: MediaLibrary) {
    this.#library = library;
    this.#zip = new library.Zip((error, chunk) => {
      if (error !== null) throw error;
      this.#parts.push(chunk);
    });
  }

  /** A name like this one that no member has yet: "photo.png", then "photo (2).png". */
  fresh(name: string): string {
    let free = name;
    for (let count = 2; this.#names.has(free); count += 1) free = name.replace(/(\.[^./]*)?$/, ` (${count})$1`);
    this.#names.add(free);
    return free;
  }

  /** `name` is one that {@link fresh} has given. */
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
