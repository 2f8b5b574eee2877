/** Runs in the browser's audio thread: hands on what the microphone hears, block by block. A script of its own. */

/** What the scope of an AudioWorklet has; TypeScript's library knows only that of pages. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** Frames a message: 64 ms at 16 kHz. Fewer would be more messages than a meter can show. */
const BLOCK = 1024;

class Recorder extends AudioWorkletProcessor {
  #planes: Float32Array[] = [];
  #filled = 0;

  process([planes = []]: Float32Array[][]): boolean {
    const [first] = planes;
    // Before the microphone gives anything there is no plane at all.
    if (first === undefined) return true;
    if (this.#planes.length !== planes.length) this.#begin(planes.length);
    planes.forEach((plane, index) => { this.#planes[index]!.set(plane, this.#filled); });
    this.#filled += first.length;
    if (this.#filled >= BLOCK) this.#post();
    return true;
  }

  /** A browser gives 128 frames a call, and may come to give more: there is room for as many again. */
  #begin(count: number): void {
    this.#planes = Array.from({ length: count }, () => new Float32Array(2 * BLOCK));
    this.#filled = 0;
  }

  #post(): void {
    this.port.postMessage(this.#planes.map((plane) => plane.slice(0, this.#filled)));
    this.#filled = 0;
  }
}

registerProcessor("pywebml-recorder", Recorder);
