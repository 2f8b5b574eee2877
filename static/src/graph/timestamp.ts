/**
 * Timestamps: whole microseconds as numbers, with MediaPipe's special values (mediapipe/framework/timestamp.h).
 *
 * JavaScript's numbers are exact up to 2^53 and not up to 2^63, so the range of a packet's timestamp is
 * ±(2^53 - 1) µs, which is 285 years; the special values lie beyond it, in MediaPipe's order.
 */

export const UNSET = -Infinity;
/** The input timestamp in Open. */
export const UNSTARTED = -(2 ** 55);
export const PRE_STREAM = -(2 ** 54);
export const MIN = Number.MIN_SAFE_INTEGER;
export const MAX = Number.MAX_SAFE_INTEGER;
export const POST_STREAM = 2 ** 54;
export const ONE_OVER_POST_STREAM = 2 ** 55;
/** The input timestamp in Close. */
export const DONE = Infinity;

const NAMES: ReadonlyMap<number, string> = new Map([
  [UNSET, "Unset"],
  [UNSTARTED, "Unstarted"],
  [PRE_STREAM, "PreStream"],
  [MIN, "Min"],
  [MAX, "Max"],
  [POST_STREAM, "PostStream"],
  [ONE_OVER_POST_STREAM, "OneOverPostStream"],
  [DONE, "Done"],
]);

/** Whether this is a point in time, {@link MIN} to {@link MAX}, and no special value. */
export function isRangeValue(timestamp: number): boolean {
  return timestamp >= MIN && timestamp <= MAX;
}

/** Whether a packet may have this timestamp. */
export function isAllowedInStream(timestamp: number): boolean {
  return Number.isSafeInteger(timestamp) || timestamp === PRE_STREAM || timestamp === POST_STREAM;
}

/** The least timestamp that a packet after one at `timestamp` may have. */
export function nextAllowedInStream(timestamp: number): number {
  if (timestamp >= MAX || timestamp === PRE_STREAM) return ONE_OVER_POST_STREAM;
  return timestamp < MIN ? MIN : timestamp + 1;
}

/** The greatest timestamp that a packet before one at `timestamp` may have; Unstarted if there is none. */
export function previousAllowedInStream(timestamp: number): number {
  if (timestamp <= MIN || timestamp === POST_STREAM) return UNSTARTED;
  return timestamp > MAX ? MAX : timestamp - 1;
}

/** A timestamp moved by `offset` µs, kept within the range; a special value stays what it is. */
export function plus(timestamp: number, offset: number): number {
  return isRangeValue(timestamp) ? Math.min(MAX, Math.max(MIN, timestamp + offset)) : timestamp;
}

/** The timestamp as errors show it: a number, or MediaPipe's name of a special value. */
export function toDebugString(timestamp: number): string {
  const name = NAMES.get(timestamp);
  return name === undefined ? String(timestamp) : `Timestamp::${name}()`;
}
