/** A subject at a camera's pace, behind the flow limiter that the element has: what is dropped, and how late results are. */

import { FlowLimiter } from "../flow_limiter";
import type { Frames } from "./frames";
import type { Job, Paced, SubjectJob } from "./job";
import type { Room } from "./room";
import { openRoom, within } from "./room";

const WARM_UP = 5;

export async function paced(one: SubjectJob, frames: Frames, job: Job): Promise<Paced> {
  const room = await openRoom(one);
  try {
    for (let index = 0; index < WARM_UP; index++) {
      await within(room.subject.process(await frames.frame(index, room.window), "alone"), "a frame is not done");
    }
    return await run(room, frames, job);
  } finally {
    room.close();
  }
}

interface Offered {
  image: ImageBitmap;
  at: number;
  close(): void;
}

/** The time of a frame counts from when the camera gave it, so waiting for its turn counts. */
async function run({ subject, window }: Room, frames: Frames, { paced: seconds, rate }: Job): Promise<Paced> {
  const times: number[] = [];
  const limiter = new FlowLimiter<Offered>(async ({ image, at }, waited) => {
    await subject.process(image, waited ? "behind" : "steady");
    times.push(performance.now() - at);
  });
  limiter.open();
  const began = performance.now();
  for (let index = 0; index < seconds * rate; index++) {
    const image = await frames.frame(index, window);
    await until(began + (index * 1000) / rate);
    limiter.maxInFlight = subject.inFlight?.() ?? 1;
    limiter.offer({ image, at: performance.now(), close: () => { image.close(); } });
  }
  limiter.clear();
  return { offered: limiter.offered, shown: times.length, dropped: limiter.dropped, times: [...times] };
}

function until(time: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, Math.max(time - performance.now(), 0)); });
}
