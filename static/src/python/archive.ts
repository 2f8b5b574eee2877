/** Zip archives, wheels among them, unpacked into Python's files without Python's help, which takes longer. */

import { unzipSync } from "fflate";
import { LoadError } from "../loading";

/** The parts of Emscripten's file system that are used here: https://emscripten.org/docs/api_reference/Filesystem-API.html */
export interface FileSystem {
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array, options: { canOwn: boolean }): void;
}

export class Archive {
  readonly #files: [name: string, data: Uint8Array][];

  /** Throws a {@link LoadError} that names `path` where `bytes` are no zip. */
  constructor(path: string, bytes: Uint8Array) {
    try {
      this.#files = Object.entries(unzipSync(bytes));
    } catch (error) {
      throw new LoadError(`'${path}' is no zip that can be read (${String(error)}); build the site again`, "packages");
    }
  }

  /** Writes its files below `folder`, once; as Python's `shutil.unpack_archive`, none that would lie outside of it. */
  write(files: FileSystem, folder: string): void {
    const made = new Set<string>();
    for (const [name, data] of this.#files) {
      if (name.startsWith("/") || name.split("/").includes("..")) continue;
      const path = `${folder}/${name}`;
      const parent = path.slice(0, path.lastIndexOf("/"));
      if (!made.has(parent)) files.mkdirTree(parent);
      made.add(parent);
      if (!name.endsWith("/")) files.writeFile(path, data, { canOwn: true });
    }
  }
}
