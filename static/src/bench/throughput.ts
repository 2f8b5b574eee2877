/** How many frames a second a subject does as fast as it goes: alone on the page, frames always at hand. */

import type { Frames } from "./frames";
import type { Job, SubjectJob, SubjectReport, Throughput } from "./job";
import { messageOf } from "./message_of";
import type { Room } from "./room";
import { openRoom, within } from "./room";
import { nextTask } from "./shown";
import { Supply } from "./supply";
import type { Tell } from "./turns";
import { warm } from "./warm";

/** Seconds of a burst; a slow subject gets fewer frames. */
const LIMIT = 5;
/** Frames that are made ahead, beside those in flight. */
const AHEAD = 2;

/** One subject after the other, and all of them again, so that a disturbance of minutes disturbs all of them alike. */
export async function inRounds(job: Job, reports: readonly SubjectReport[], frames: Frames, tell: Tell): Promise<void> {
  for (let round = 0; round < job.rounds; round++) {
    for (const [index, one] of job.subjects.entries()) {
      const report = reports[index]!;
      if (report.error !== null) continue;
      tell(`${one.name}: as fast as it goes`, round * job.subjects.length + index, job.rounds * job.subjects.length);
      await measure(one, report, round, frames, job).catch((error: unknown) => { report.error = messageOf(error); });
    }
  }
}

async function measure(one: SubjectJob, report: SubjectReport, round: number, frames: Frames, job: Job): Promise<void> {
  const room = await openRoom(one);
  try {
    await warm(room, frames, job.warmUp, LIMIT);
    const { inFlight } = room.subject;
    report.throughput ??= { inFlight, rates: [], sequential: [] };
    for (const count of inFlightOf(inFlight, round)) {
      listOf(report.throughput, count).push(await burst(room, frames, job.burst, count));
    }
  } finally {
    room.close();
  }
}

/** How many frames are in flight in a round's bursts: one, for comparison, and as many as the subject takes. */
function inFlightOf(most: number, round: number): number[] {
  if (most === 1) return [1];
  return round % 2 === 0 ? [1, most] : [most, 1];
}

function listOf({ inFlight, rates, sequential }: Throughput, count: number): number[] {
  return count === inFlight ? rates : sequential;
}

/** Frames a second of `count` frames, or of those that are begun within {@link LIMIT}. */
async function burst({ subject, window }: Room, frames: Frames, count: number, inFlight: number): Promise<number> {
  const supply = new Supply(frames, window, inFlight + AHEAD);
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  let begun = 0;
  const oneAfterTheOther = async (): Promise<void> => {
    while (begun < count && seconds() < LIMIT) {
      begun += 1;
      await within(subject.process(await supply.take()), "a frame is not done");
      await nextTask();
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, oneAfterTheOther));
    return begun / seconds();
  } finally {
    await supply.close();
  }
}
