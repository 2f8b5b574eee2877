/**
 * What a snapshot adds to Python's memory as it starts: the pages that differ, each XOR what it holds at the start.
 *
 * Python's constants and its libraries' lie in memory before Python starts; only what it makes of them is shipped.
 */

/** Bytes of a page. */
const PAGE = 4096;

/** Of a page's words. */
const WORDS = PAGE / 4;

export interface MemoryDelta {
  /** Which pages differ, ascending. */
  pages: Uint32Array;
  /** Their words, page after page. */
  words: Uint32Array;
}

/** What memory holds when Python starts. */
export interface Start {
  /** Pages that are never twice the same (keys of random numbers); they count as zero. */
  varying: number[];
  /** So many bytes hold anything. */
  bytes: number;
  /** Their FNV-1a, by words: http://www.isthe.com/chongo/tech/comp/fnv/ */
  checksum: number;
}

/** How many bytes a delta of so many pages is as it is shipped. */
export function deltaBytes(pages: number): number {
  return pages * (4 + PAGE);
}

/** A delta as it is shipped: its pages' numbers, then their words, little-endian as Wasm's memory is. */
export function packDelta({ pages, words }: MemoryDelta): Uint8Array {
  const all = new Uint32Array(pages.length + words.length);
  all.set(pages);
  all.set(words, pages.length);
  return new Uint8Array(all.buffer);
}

export function readDelta(bytes: Uint8Array, pages: number): MemoryDelta {
  const all = wordsOf(bytes);
  return { pages: all.subarray(0, pages), words: all.subarray(pages) };
}

/** What must be added to `start` to become `memory`, which is no shorter; both are whole words. */
export function difference(start: Uint8Array, memory: Uint8Array): MemoryDelta {
  const [from, to] = [wordsOf(start), wordsOf(memory)];
  const pages = Uint32Array.from(differingPages(start, memory));
  const words = new Uint32Array(pages.length * WORDS);
  pages.forEach((page, index) => {
    for (let word = 0; word < WORDS; word++) {
      const at = page * WORDS + word;
      words[index * WORDS + word] = (to[at] ?? 0) ^ (from[at] ?? 0);
    }
  });
  return { pages, words };
}

/** Numbers of the pages in which memory is not the same; the second is no shorter. */
export function differingPages(one: Uint8Array, other: Uint8Array): number[] {
  const [from, to] = [wordsOf(one), wordsOf(other)];
  const pages = Array.from({ length: Math.ceil(to.length / WORDS) }, (_, page) => page);
  return pages.filter((page) => {
    const at = page * WORDS;
    return to.subarray(at, at + WORDS).some((word, index) => word !== (from[at + index] ?? 0));
  });
}

/** Adds it to memory as it is at the start; there must be room for every page. */
export function add({ pages, words }: MemoryDelta, memory: Uint8Array): void {
  const to = wordsOf(memory);
  for (let index = 0; index < pages.length; index++) {
    const [at, from] = [pages[index]! * WORDS, index * WORDS];
    const end = Math.min(WORDS, to.length - at);
    for (let word = 0; word < end; word++) to[at + word]! ^= words[from + word]!;
  }
}

/** Of memory as Python starts; clears its `varying` pages. */
export function startOf(memory: Uint8Array, varying: number[]): Start {
  clear(memory, varying);
  const words = wordsOf(memory);
  let end = words.length;
  while (end > 0 && words[end - 1] === 0) end--;
  return { varying, bytes: end * 4, checksum: checksumOf(words.subarray(0, end)) };
}

/** Whether memory is that on which a delta counts; clears its varying pages. */
export function startsAs(memory: Uint8Array, { varying, bytes, checksum }: Start): boolean {
  clear(memory, varying);
  return memory.length >= bytes && checksumOf(wordsOf(memory).subarray(0, bytes / 4)) === checksum;
}

function clear(memory: Uint8Array, pages: readonly number[]): void {
  for (const page of pages) memory.fill(0, page * PAGE, (page + 1) * PAGE);
}

function checksumOf(words: Uint32Array): number {
  let sum = 0x811c9dc5;
  for (let index = 0; index < words.length; index++) sum = Math.imul(sum ^ words[index]!, 0x01000193);
  return sum >>> 0;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  return new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
}
