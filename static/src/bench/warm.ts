/** A subject's first frames, which nobody measures. */

import type { Frames } from "./frames";
import type { Room } from "./room";
import { within } from "./room";

/** Seconds of frames after which a choice that has not settled is measured as it is. */
const SETTLING = 10;

/** `count` frames, or those of `limit` seconds, and more until the subject has chosen what it runs. */
export async function warm(room: Room, frames: Frames, count: number, limit: number): Promise<void> {
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  for (let index = 0; index < count && seconds() < limit; index++) await give(room, frames, index);
  for (let index = 0; !room.subject.settled() && seconds() < SETTLING; index++) await give(room, frames, index);
}

async function give({ subject, window }: Room, frames: Frames, index: number): Promise<void> {
  await within(subject.process(await frames.frame(index, window)), "a frame is not done");
}
