/** Timestamps as the vectors write them: numbers, and the special values by name. */

import * as Timestamp from "../../src/graph/timestamp";

const SPECIAL = new Map([
  ["Unset", Timestamp.UNSET],
  ["Unstarted", Timestamp.UNSTARTED],
  ["PreStream", Timestamp.PRE_STREAM],
  ["Min", Timestamp.MIN],
  ["Max", Timestamp.MAX],
  ["PostStream", Timestamp.POST_STREAM],
  ["OneOverPostStream", Timestamp.ONE_OVER_POST_STREAM],
  ["Done", Timestamp.DONE],
]);
const NAMES = new Map([...SPECIAL].map(([name, value]) => [value, name]));

/** A timestamp in a vector. */
export type VectorTimestamp = number | string;

export function fromVector(at: VectorTimestamp): number {
  const value = typeof at === "string" ? SPECIAL.get(at) : at;
  if (value === undefined) throw new Error(`'${at}' is no timestamp; write a number or one of ${[...SPECIAL.keys()].join(", ")}`);
  return value;
}

export function toVector(at: number): VectorTimestamp {
  return NAMES.get(at) ?? at;
}
