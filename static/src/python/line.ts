/** How fast the visitor's line is, from what has been fetched over it already. */

/** Bytes below which a file says little of the line. */
const LARGE = 500_000;

/** Bytes a millisecond of the largest file that came over the network; null where none was large. */
export function lineSpeed(entries: readonly PerformanceResourceTiming[]): number | null {
  // A file of the browser's cache has a transferSize of 0.
  const [largest] = entries.filter((one) => one.transferSize > LARGE).toSorted((a, b) => b.transferSize - a.transferSize);
  return largest ? largest.transferSize / Math.max(largest.responseEnd - largest.responseStart, 1) : null;
}
