/** A subject's frames, as fast as it goes. */

import { describe, expect, it } from "vitest";

import type { Subject } from "../../src/bench/subject";
import { pump } from "../../src/bench/warm";

interface FakeFrame {
  index: number;
  isClosed: boolean;
  close(): void;
}

/** Frames that know their place, and whether anybody closed them. */
class FakeFrames {
  readonly made: FakeFrame[] = [];

  frame(index: number): Promise<ImageBitmap> {
    const frame = { index, isClosed: false, close() { this.isClosed = true; } };
    this.made.push(frame);
    return Promise.resolve(frame as unknown as ImageBitmap);
  }
}

/** Writes down which frames it was given, at what pace, and how many at a time. */
class FakeSubject implements Subject {
  readonly given: number[] = [];
  readonly paces = new Set<string>();
  most = 0;
  private underway = 0;

  constructor(readonly inFlight: (() => number) | null, private readonly fails = -1) {}

  async process(image: ImageBitmap, pace: string): Promise<Record<string, number>> {
    const { index } = image as unknown as FakeFrame;
    this.given.push(index);
    this.paces.add(pace);
    this.most = Math.max(this.most, ++this.underway);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.underway -= 1;
    if (index === this.fails) throw new Error("it has had enough");
    return {};
  }

  settled = (): boolean => true;
  describe = (): never => { throw new Error("nobody asks"); };
}

const seven = (given: number): boolean => given < 7;

function run(subject: Subject, frames: FakeFrames, pace: "alone" | "behind"): Promise<number> {
  return pump({ subject, window: globalThis as unknown as Window }, frames, pace, seven);
}

describe("pump", () => {
  it("gives every frame once, in order, and says how many a second were done", async () => {
    const subject = new FakeSubject(() => 2);
    const began = performance.now();
    const rate = await run(subject, new FakeFrames(), "behind");
    const seconds = (performance.now() - began) / 1000;
    expect(subject.given).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(rate).toBeGreaterThanOrEqual(7 / seconds);
    expect(rate).toBeLessThan(Infinity);
  });

  it("has as many frames in flight as the subject would have", async () => {
    const subject = new FakeSubject(() => 2);
    await run(subject, new FakeFrames(), "behind");
    expect([subject.most, ...subject.paces]).toEqual([2, "behind"]);
  });

  it("has one frame in flight where frames go alone, whatever the subject would have", async () => {
    const subject = new FakeSubject(() => 2);
    await run(subject, new FakeFrames(), "alone");
    expect([subject.most, ...subject.paces]).toEqual([1, "alone"]);
  });

  it("gives a page that takes but one frame no more", async () => {
    const subject = new FakeSubject(null);
    await run(subject, new FakeFrames(), "behind");
    expect(subject.most).toBe(1);
  });

  it("follows a subject that changes its mind", async () => {
    const subject: FakeSubject = new FakeSubject(() => (subject.given.length < 4 ? 1 : 3));
    await run(subject, new FakeFrames(), "behind");
    expect(subject.most).toBe(3);
  });

  it("closes the frames that were made ahead and that nobody took", async () => {
    const frames = new FakeFrames();
    await run(new FakeSubject(null), frames, "behind");
    expect(frames.made.length).toBeGreaterThan(7);
    expect(frames.made.slice(7).every(({ isClosed }) => isClosed)).toBe(true);
  });

  it("ends with what the subject says where a frame fails", async () => {
    await expect(run(new FakeSubject(() => 2, 3), new FakeFrames(), "behind")).rejects.toThrow("it has had enough");
  });
});
