import { describe, expect, it } from "vitest";

import { FramesInFlight } from "../src/frames_in_flight";

/** The timestamps of the frames that are done so far. */
async function done(frames: { timestamp: number; done: { promise: Promise<void> } }[]): Promise<number[]> {
  const found: number[] = [];
  for (const { timestamp, done: { promise } } of frames) void promise.then(() => found.push(timestamp));
  await Promise.resolve();
  return found;
}

class Shared {
  references = 1;
  retain(): void {
    this.references += 1;
  }
  release(): void {
    this.references -= 1;
  }
}

describe("frames in flight", () => {
  it("are done when every output is settled, by a packet or by a bound", async () => {
    const inFlight = new FramesInFlight(["a", "b"]);
    const frames = [inFlight.begin(10), inFlight.begin(20)];
    inFlight.packet("a", "x", 10);
    expect(await done(frames)).toEqual([]);
    inFlight.settle("b", 10);
    expect(await done(frames)).toEqual([10]);
    inFlight.settle("b", 20);
    inFlight.packet("a", "y", 20);
    expect(await done(frames)).toEqual([10, 20]);
    expect(frames.map(({ outputs }) => outputs.get("a"))).toEqual(["x", "y"]);
    expect(inFlight.size).toBe(0);
  });

  it("are done when the graph has nothing left to do, whatever the outputs promise", async () => {
    const inFlight = new FramesInFlight(["a"]);
    const frames = [inFlight.begin(10), inFlight.begin(20)];
    inFlight.finish(10);
    expect(await done(frames)).toEqual([10]);
  });

  it("are told the error that ends the run", async () => {
    const inFlight = new FramesInFlight(["a"]);
    const frames = [inFlight.begin(10), inFlight.begin(20)];
    inFlight.fail(new Error("no more"));
    for (const frame of frames) await expect(frame.done.promise).rejects.toThrow("no more");
    expect(inFlight.size).toBe(0);
  });

  it("get the packets at timestamps of their own: the first frame that is not before them, or the newest", () => {
    const inFlight = new FramesInFlight(["a", "b"]);
    const [first, second] = [inFlight.begin(10), inFlight.begin(20)];
    inFlight.packet("a", "early", 5);
    inFlight.packet("a", "late", 25);
    expect([first.outputs.get("a"), second.outputs.get("a")]).toEqual(["early", "late"]);
  });

  it("hold what is shared until they are released, and of several packets the last", () => {
    const inFlight = new FramesInFlight(["a", "b"]);
    const frame = inFlight.begin(10);
    const [one, other] = [new Shared(), new Shared()];
    inFlight.packet("a", one, 5);
    inFlight.packet("a", other, 6);
    expect([one.references, other.references]).toEqual([1, 2]);
    frame.release();
    expect([one.references, other.references]).toEqual([1, 1]);
  });

  it("drop packets that belong to no frame", () => {
    const inFlight = new FramesInFlight(["a"]);
    const shared = new Shared();
    inFlight.packet("a", shared, 5);
    expect(shared.references).toBe(1);
  });

  it("may begin anywhere in a new run", async () => {
    const inFlight = new FramesInFlight(["a"]);
    inFlight.begin(10);
    inFlight.settle("a", 10);
    inFlight.reset();
    const again = inFlight.begin(5);
    expect(await done([again])).toEqual([]);
    inFlight.settle("a", 5);
    expect(await done([again])).toEqual([5]);
  });
});
