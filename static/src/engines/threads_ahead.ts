/**
 * Workers for LiteRT.js's threads. Emscripten makes one for each core when its script runs, then waits until all of
 * them have run it too; these start while the script and its Wasm are still coming. They run it as the module that the
 * engine's own worker imports, which so comes once.
 */

import { Deferred } from "../deferred";
import { LoadError } from "../loading";
import { moduleWorker } from "../module_worker";

/** By which Emscripten tells its threads' workers: https://emscripten.org/docs/porting/pthreads.html */
const NAME = "em-pthread";

export class ThreadsAhead {
  readonly #address: string;
  readonly #script: URL;
  readonly #waiting: Worker[];
  readonly #failed = new Deferred<never>();

  /**
   * @param address of the script, as Emscripten is told it by `mainScriptUrlOrBlob`.
   * @param script the same as a module.
   */
  constructor(address: string, script: URL, count: number) {
    this.#address = address;
    this.#script = script;
    this.#waiting = Array.from({ length: count }, () => this.#start());
  }

  /** Rejects with a {@link LoadError} if their script does not come, or does not run: Emscripten would wait for ever. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** A `Worker` that hands these out where Emscripten makes its threads, and starts whatever else it is asked for. */
  get constructorToLend(): typeof Worker {
    return new Proxy(Worker, {
      construct: (made, [address, options]: ConstructorParameters<typeof Worker>) =>
        (this.#isThread(address, options) && this.#waiting.shift()) || new made(address, options),
    });
  }

  #isThread(address: string | URL, options?: WorkerOptions): boolean {
    return options?.name === NAME && String(address) === this.#address;
  }

  #start(): Worker {
    const worker = moduleWorker(this.#script, NAME);
    // Not `onerror`, which Emscripten sets.
    worker.addEventListener("error", () => {
      const what = `'${this.#script.href}', the script of the engine's threads, is missing or damaged`;
      this.#failed.reject(new LoadError(`${what}; reload, or build the site again`, "engine"));
    });
    return worker;
  }
}
