/** A subject's first frames, which nobody measures. */

import type { Pace } from "../protocol";
import type { Frames } from "./frames";
import type { Room } from "./room";
import { within } from "./room";
import { nextTask } from "./shown";
import { Supply } from "./supply";

/** Seconds of frames after which a choice that has not settled is measured as it is. */
const SETTLING = 20;
/** Frames that are made ahead. */
const AHEAD = 3;

/** `count` frames, or those of `limit` seconds, and more until the subject has chosen what it runs at this pace. */
export async function warm(room: Room, frames: Frames, count: number, limit: number, pace: Pace = "alone"): Promise<void> {
  const enough = (given: number, seconds: number): boolean => given >= count || seconds >= limit;
  const settled = (seconds: number): boolean => room.subject.settled(pace) || seconds >= SETTLING;
  await pump(room, frames, pace, (given, seconds) => !enough(given, seconds) || !settled(seconds));
}

/**
 * Gives frames, which are always at hand, as many at a time as the subject would have at this pace; resolves with
 * frames a second when the last of them is done.
 */
export async function pump(
  { subject, window }: Pick<Room, "subject" | "window">,
  frames: Pick<Frames, "frame">,
  pace: Pace,
  goesOn: (given: number, seconds: number) => boolean,
): Promise<number> {
  const [supply, underway] = [new Supply(frames, window, AHEAD), new Set<Promise<unknown>>()];
  const most = (): number => (pace === "alone" ? 1 : subject.inFlight?.() ?? 1);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const failures: unknown[] = [];
  let given = 0;
  try {
    for (; failures.length === 0 && goesOn(given, seconds()); given++) {
      while (underway.size >= most()) await Promise.race(underway);
      const frame = within(subject.process(await supply.take(), pace), "a frame is not done");
      const left = frame.catch((error: unknown) => failures.push(error)).finally(() => underway.delete(left));
      underway.add(left);
      await nextTask();
    }
    await Promise.all(underway);
    if (failures.length > 0) throw failures[0];
    return given / seconds();
  } finally {
    await supply.close();
  }
}
