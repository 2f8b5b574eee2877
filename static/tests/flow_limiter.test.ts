import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FlowLimiter, type FlowLimits } from "../src/flow_limiter";

class Frame {
  closed = 0;
  constructor(readonly timestamp: number) {}
  close(): void {
    this.closed += 1;
  }
}

/** Frames 10 ms apart, each worked on for `work` ms; gives the indices that went through. */
async function through(count: number, work: number, limits: FlowLimits): Promise<number[]> {
  const sent: number[] = [];
  const limiter = new FlowLimiter<Frame>((frame) => {
    sent.push(frame.timestamp / 10_000);
    return new Promise((done) => setTimeout(done, work));
  }, limits);
  limiter.open();
  for (let i = 0; i < count; i++) {
    limiter.offer(new Frame(i * 10_000));
    await vi.advanceTimersByTimeAsync(10);
  }
  await vi.advanceTimersByTimeAsync(10 * work);
  return sent;
}

beforeEach(() => { vi.useFakeTimers(); });
afterEach(() => { vi.useRealTimers(); });

describe("a flow limiter", () => {
  it("with one in flight and one waiting lets through the newest frame when the one before is done", async () => {
    // MediaPipe's own test has the same work and limits; it loses frame 4 on the way, and gives 0, 2, 6, 8.
    expect(await through(9, 22, { maxInFlight: 1, maxInQueue: 1 })).toEqual([0, 2, 4, 6, 8]);
  });

  it("without a queue lets through only frames that come while nothing is in flight", async () => {
    expect(await through(6, 12, { maxInFlight: 1, maxInQueue: 0 })).toEqual([0, 2, 4]);
  });

  it("drops nothing when the work keeps up", async () => {
    expect(await through(5, 9, {})).toEqual([0, 1, 2, 3, 4]);
  });

  it("works on as many at once as it is allowed to", async () => {
    expect(await through(4, 19, { maxInFlight: 2, maxInQueue: 0 })).toEqual([0, 1, 2, 3]);
  });

  it("closes and counts what it drops, and closes nothing that it sends", () => {
    const limiter = new FlowLimiter<Frame>(() => new Promise(() => undefined));
    const frames = [0, 1, 2, 3].map((index) => new Frame(index));
    limiter.open();
    for (const frame of frames) limiter.offer(frame);
    expect(frames.map((frame) => frame.closed)).toEqual([0, 1, 1, 0]);
    expect([limiter.offered, limiter.dropped]).toEqual([4, 2]);
  });

  it("keeps only the newest frame while it is held, and sends it when it is opened", () => {
    const sent: number[] = [];
    const limiter = new FlowLimiter<Frame>((frame) => {
      sent.push(frame.timestamp);
      return Promise.resolve();
    });
    for (const timestamp of [0, 1, 2]) limiter.offer(new Frame(timestamp));
    expect(sent).toEqual([]);
    limiter.open();
    expect(sent).toEqual([2]);
  });

  it("keeps as many as may wait, in their order, and drops the oldest of more", () => {
    const sent: number[] = [];
    const limiter = new FlowLimiter<Frame>((frame) => {
      sent.push(frame.timestamp);
      return Promise.resolve();
    }, { maxInFlight: 9 });
    limiter.maxInQueue = 3;
    for (const timestamp of [0, 1, 2, 3]) limiter.offer(new Frame(timestamp));
    limiter.open();
    expect([sent, limiter.dropped]).toEqual([[1, 2, 3], 1]);
  });

  it("closes what waits when it is cleared, without counting it as dropped", () => {
    const limiter = new FlowLimiter<Frame>(() => Promise.resolve());
    const frame = new Frame(0);
    limiter.offer(frame);
    limiter.clear();
    expect([frame.closed, limiter.dropped]).toEqual([1, 0]);
  });

  it("goes on with the next frame when one fails", async () => {
    const sent: number[] = [];
    const limiter = new FlowLimiter<Frame>((frame) => {
      sent.push(frame.timestamp);
      return Promise.reject(new Error("failed"));
    });
    limiter.open();
    limiter.offer(new Frame(0));
    limiter.offer(new Frame(1));
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([0, 1]);
  });
});
