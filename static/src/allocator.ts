/** Hands out spans of a WebAssembly memory; spans given back are merged with their neighbours. */

export interface Span {
  readonly address: number;
  readonly bytes: number;
}

const PAGE = 65536;
/** Spans start and end on cache lines. */
const LINE = 64;
/** Kernels may touch this many bytes past what they were given. */
const SLACK = 16;

export class Allocator {
  /** By address; no two of them touch. */
  private free: Span[] = [];
  private readonly base: number;

  constructor(
    private readonly memory: WebAssembly.Memory,
    base: number,
  ) {
    this.base = Math.ceil(base / LINE) * LINE;
    this.give({ address: this.base, bytes: memory.buffer.byteLength - this.base });
  }

  /** Bytes that are handed out just now. */
  get used(): number {
    const free = this.free.reduce((sum, span) => sum + span.bytes, 0);
    return this.memory.buffer.byteLength - this.base - free;
  }

  /**
   * A span of at least `bytes` bytes, with room for kernels that touch a little more.
   * @throws Error if the memory cannot grow so far.
   */
  take(bytes: number): Span {
    const wanted = Math.ceil((bytes + SLACK) / LINE) * LINE;
    let index = this.bestFit(wanted);
    if (index < 0) {
      this.grow(wanted);
      index = this.bestFit(wanted);
    }
    const found = this.free[index]!;
    const rest = { address: found.address + wanted, bytes: found.bytes - wanted };
    this.free.splice(index, 1, ...(rest.bytes ? [rest] : []));
    return { address: found.address, bytes: wanted };
  }

  give(span: Span): void {
    let index = this.free.findIndex((one) => one.address > span.address);
    if (index < 0) index = this.free.length;
    this.free.splice(index, 0, span);
    this.merge(index);
    if (index > 0) this.merge(index - 1);
  }

  private bestFit(bytes: number): number {
    let best = -1;
    for (let i = 0; i < this.free.length; i++) {
      const size = this.free[i]!.bytes;
      if (size >= bytes && (best < 0 || size < this.free[best]!.bytes)) best = i;
    }
    return best;
  }

  private merge(index: number): void {
    const [one, two] = [this.free[index]!, this.free[index + 1]];
    if (two?.address !== one.address + one.bytes) return;
    this.free.splice(index, 2, { address: one.address, bytes: one.bytes + two.bytes });
  }

  private grow(bytes: number): void {
    const size = this.memory.buffer.byteLength;
    const last = this.free.at(-1);
    const atEnd = last && last.address + last.bytes === size ? last.bytes : 0;
    const pages = Math.ceil((bytes - atEnd) / PAGE);
    try {
      this.memory.grow(pages);
    } catch {
      const megabytes = (value: number): string => (value / 2 ** 20).toFixed(0);
      throw new Error(
        `there is no memory for ${megabytes(bytes)} MB more of pictures (${megabytes(size)} MB are held): ` +
          "use a smaller picture, or close other pages",
      );
    }
    this.give({ address: size, bytes: pages * PAGE });
  }
}
