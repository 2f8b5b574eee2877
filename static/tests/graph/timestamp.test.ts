import { describe, expect, test } from "vitest";

import * as Timestamp from "../../src/graph/timestamp";

const { DONE, MAX, MIN, ONE_OVER_POST_STREAM, POST_STREAM, PRE_STREAM, UNSET, UNSTARTED } = Timestamp;

describe("timestamps", () => {
  test("rise from Unset to Done in MediaPipe's order", () => {
    const order = [UNSET, UNSTARTED, PRE_STREAM, MIN, 0, MAX, POST_STREAM, ONE_OVER_POST_STREAM, DONE];
    expect(order.every((one, index) => index === 0 || one > order[index - 1]!)).toBe(true);
  });

  test.each([
    [0, 1],
    [MIN, MIN + 1],
    [MAX - 1, MAX],
    [MAX, ONE_OVER_POST_STREAM],
    [POST_STREAM, ONE_OVER_POST_STREAM],
    [PRE_STREAM, ONE_OVER_POST_STREAM],
    [UNSTARTED, MIN],
  ])("after %d the next that a stream allows is %d", (timestamp, next) => {
    expect(Timestamp.nextAllowedInStream(timestamp)).toBe(next);
  });

  test.each([
    [1, 0],
    [MIN, UNSTARTED],
    [POST_STREAM, UNSTARTED],
    [ONE_OVER_POST_STREAM, MAX],
    [DONE, MAX],
  ])("before %d the last that a stream allows is %d", (timestamp, previous) => {
    expect(Timestamp.previousAllowedInStream(timestamp)).toBe(previous);
  });

  test.each([
    [5, 10, 15],
    [MAX - 3, 10, MAX],
    [MIN + 3, -10, MIN],
    [DONE, 10, DONE],
    [PRE_STREAM, -10, PRE_STREAM],
  ])("%d moved by %d is %d: it stays in the range, and a special value what it is", (timestamp, by, moved) => {
    expect(Timestamp.plus(timestamp, by)).toBe(moved);
  });

  test.each([
    [PRE_STREAM, true, false],
    [MIN, true, true],
    [MAX, true, true],
    [POST_STREAM, true, false],
    [UNSTARTED, false, false],
    [ONE_OVER_POST_STREAM, false, false],
    [DONE, false, false],
  ])("%d is allowed in a stream: %s; is in the range: %s", (timestamp, isAllowed, isRange) => {
    expect(Timestamp.isAllowedInStream(timestamp)).toBe(isAllowed);
    expect(Timestamp.isRangeValue(timestamp)).toBe(isRange);
  });

  test.each([0.5, NaN])("%d is no timestamp of a packet: they are whole microseconds", (timestamp) => {
    expect(Timestamp.isAllowedInStream(timestamp)).toBe(false);
  });

  test.each([
    [7, "7"],
    [MAX, "Timestamp::Max()"],
    [UNSTARTED, "Timestamp::Unstarted()"],
  ])("%d reads '%s' in an error", (timestamp, text) => {
    expect(Timestamp.toDebugString(timestamp)).toBe(text);
  });
});
