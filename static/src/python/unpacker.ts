/** Has files unpacked in a worker of their own, unpacking_worker.ts, while Python starts in this one. */

import { Deferred } from "../deferred";
import { LoadError, type Progress } from "../loading";
import { moduleWorker } from "../module_worker";
import type { PackedFile } from "./packed_file";
import type { UnpackingAnswer, UnpackingTask } from "./unpacking_worker";

/** Beside this worker's own script. */
const SCRIPT = "unpacking.js";

export class Unpacker {
  readonly #worker = moduleWorker(new URL(SCRIPT, import.meta.url), "pywebml-unpacking");
  readonly #broken = new Deferred<never>();

  constructor() {
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#broken.reject(new LoadError(`'${SCRIPT}' is missing or damaged; build the site again`, "python"));
    };
  }

  /** Rejects with a {@link LoadError} where a file is not as it was built. */
  fetch(file: PackedFile, progress: Progress): Promise<Uint8Array<ArrayBuffer>> {
    const { port1, port2 } = new MessageChannel();
    const unpacked = new Deferred<Uint8Array<ArrayBuffer>>();
    port1.onmessage = ({ data }: MessageEvent<UnpackingAnswer>) => {
      if (data.type === "progress") progress(data.loaded, data.total);
      else if (data.type === "unpacked") unpacked.resolve(data.bytes);
      else unpacked.reject(new LoadError(data.message, "python"));
    };
    const task: UnpackingTask = { file, port: port2 };
    this.#worker.postMessage(task, [port2]);
    return Promise.race([unpacked.promise, this.#broken.promise]);
  }

  close(): void {
    this.#worker.terminate();
  }
}
