/**
 * What a snapshot adds to Python's memory as it starts: the pages that differ.
 *
 * Python's constants and its libraries' lie in memory before Python starts; only what it makes of them is shipped.
 */

/** Bytes of a page. */
const PAGE = 4096;

export interface MemoryDelta {
  /** Which pages differ, ascending. */
  pages: Uint32Array;
  /** What they hold, page after page; the last page of memory is filled up with zeros. */
  bytes: Uint8Array;
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

/** A delta as it is shipped: its pages' numbers, little-endian as Wasm's memory is, then what they hold. */
export function packDelta({ pages, bytes }: MemoryDelta): Uint8Array {
  const all = new Uint8Array(pages.byteLength + bytes.length);
  all.set(new Uint8Array(pages.buffer, pages.byteOffset, pages.byteLength));
  all.set(bytes, pages.byteLength);
  return all;
}

export function readDelta(all: Uint8Array, pages: number): MemoryDelta {
  return { pages: wordsOf(all.subarray(0, pages * 4)), bytes: all.subarray(pages * 4) };
}

/** What must be added to `start`, of which some pages vary, to become `memory`, which is no shorter. */
export function difference(start: Uint8Array, varying: readonly number[], memory: Uint8Array): MemoryDelta {
  const numbers = new Set([...differingPages(start, memory), ...varying]);
  const pages = Uint32Array.from(numbers).sort();
  const bytes = new Uint8Array(pages.length * PAGE);
  pages.forEach((page, index) => { bytes.set(memory.subarray(page * PAGE, (page + 1) * PAGE), index * PAGE); });
  return { pages, bytes };
}

/** Numbers of the pages in which memory is not the same; the second is no shorter. Both are whole words. */
export function differingPages(one: Uint8Array, other: Uint8Array): number[] {
  const [from, to, words] = [wordsOf(one), wordsOf(other), PAGE / 4];
  const pages = Array.from({ length: Math.ceil(to.length / words) }, (_, page) => page);
  return pages.filter((page) => {
    const at = page * words;
    return to.subarray(at, at + words).some((word, index) => word !== (from[at + index] ?? 0));
  });
}

/** Adds it to memory as it is at the start; there must be room for every page. */
export function add({ pages, bytes }: MemoryDelta, memory: Uint8Array): void {
  for (let index = 0; index < pages.length; ) {
    const first = index;
    while (pages[index + 1] === pages[index]! + 1) index++;
    index++;
    const at = pages[first]! * PAGE;
    memory.set(bytes.subarray(first * PAGE, Math.min(index * PAGE, first * PAGE + memory.length - at)), at);
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
