/** Cuts samples, as they come, into the chunks of a format: the twin of `Chunker` in pyweb_ml/graph/audio.py. */

import type { AudioFormat, Tensor } from "./protocol";

export interface Chunk {
  /** Microseconds from the first sample of all to that of this chunk. */
  timestamp: number;
  /** Shape [samples, channels]. */
  sound: Tensor & { data: Float32Array };
}

export class Chunker {
  readonly #format: AudioFormat;
  /** As many as a chunk has, the first {@link #filled} of them in use. */
  readonly #held: Float32Array;
  #filled = 0;
  #start = 0;
  /** Whether there are samples that no chunk has had yet. */
  #fresh = false;

  constructor(format: AudioFormat) {
    this.#format = format;
    this.#held = new Float32Array(format.window * format.channels);
  }

  /** Takes samples, frame by frame; gives the chunks that are whole now. */
  push(samples: Float32Array): Chunk[] {
    const chunks: Chunk[] = [];
    for (let at = 0; at < samples.length; ) {
      const some = samples.subarray(at, at + this.#held.length - this.#filled);
      this.#held.set(some, this.#filled);
      this.#filled += some.length;
      this.#fresh = true;
      at += some.length;
      if (this.#filled === this.#held.length) chunks.push(this.#cut());
    }
    return chunks;
  }

  /** The last chunk, filled up with silence; none where every sample has been in one. */
  flush(): Chunk[] {
    if (!this.#fresh) return [];
    this.#held.fill(0, this.#filled);
    return [this.#cut()];
  }

  #cut(): Chunk {
    const { sample_rate, window, hop, channels } = this.#format;
    const timestamp = Math.floor((this.#start * 1_000_000 + Math.floor(sample_rate / 2)) / sample_rate);
    const chunk = { timestamp, sound: { shape: [window, channels], data: this.#held.slice() } };
    this.#held.copyWithin(0, hop * channels);
    this.#filled = (window - hop) * channels;
    this.#start += hop;
    this.#fresh = false;
    return chunk;
  }
}
