/** gzip, unpacked part after part while it is still being fetched: https://compression.spec.whatwg.org/ */

export class Unpacking {
  readonly #writer: WritableStreamDefaultWriter<BufferSource>;
  readonly #unpacked: Promise<Uint8Array<ArrayBuffer> | null>;

  /** @param total how many bytes it must come to. */
  constructor(readonly total: number) {
    const { readable, writable } = new DecompressionStream("gzip");
    this.#writer = writable.getWriter();
    this.#unpacked = readAll(readable, total).catch(() => null);
    this.#writer.closed.catch(() => undefined);
  }

  add(part: Uint8Array<ArrayBuffer>): void {
    // What is no gzip is told at the end.
    this.#writer.write(part).catch(() => undefined);
  }

  /** The bytes that it was made of; null if they are not `total`, or it is no gzip. */
  end(): Promise<Uint8Array<ArrayBuffer> | null> {
    this.#writer.close().catch(() => undefined);
    return this.#unpacked;
  }

  /** Nothing more comes. */
  abandon(): void {
    this.#writer.abort().catch(() => undefined);
  }
}

async function readAll(stream: ReadableStream<Uint8Array<ArrayBuffer>>, total: number): Promise<Uint8Array<ArrayBuffer> | null> {
  const bytes = new Uint8Array(total);
  const reader = stream.getReader();
  let length = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (length + part.value.length > total) {
      await reader.cancel();
      return null;
    }
    bytes.set(part.value, length);
    length += part.value.length;
  }
  return length === total ? bytes : null;
}
