/** Timestamps: microseconds as numbers; MediaPipe's special values are the infinities. */

export const MIN = -Infinity;
export const DONE = Infinity;

/** The least timestamp that a packet after one at `timestamp` may have. */
export function nextAllowedInStream(timestamp: number): number {
  return timestamp + 1;
}
