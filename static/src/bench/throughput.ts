/** How many frames a second a subject does as fast as it goes: alone on the page, frames always at hand. */

import type { Frames } from "./frames";
import type { Job, SubjectJob, SubjectReport, Throughput } from "./job";
import { messageOf } from "../engines/engine";
import { openRoom } from "./room";
import type { Tell } from "./turns";
import { pump, warm } from "./warm";

/** Seconds of a burst; a slow subject gets fewer frames. */
const LIMIT = 5;

/** One subject after the other, and all of them again, so that a disturbance of minutes disturbs all of them alike. */
export async function inRounds(job: Job, reports: readonly SubjectReport[], frames: Frames, tell: Tell): Promise<void> {
  for (let round = 0; round < job.rounds; round++) {
    for (const [index, one] of job.subjects.entries()) {
      const report = reports[index]!;
      if (report.error !== null) continue;
      tell(`${one.name}: as fast as it goes`, round * job.subjects.length + index, job.rounds * job.subjects.length);
      report.throughput ??= { rates: [], inFlight: [], sequential: [], description: "" };
      await measure(one, report.throughput, frames, job).catch((error: unknown) => { report.error = messageOf(error); });
    }
  }
}

/** The app one frame at a time at first: then its engine is still in the graph's worker, as in a sequential loop. */
async function measure(one: SubjectJob, found: Throughput, frames: Frames, job: Job): Promise<void> {
  const room = await openRoom(one);
  try {
    const burst = (pace: "alone" | "behind"): Promise<number> =>
      pump(room, frames, pace, (given, seconds) => given < job.burst && seconds < LIMIT);
    const { subject } = room;
    await warm(room, frames, job.warmUp, LIMIT);
    if (subject.inFlight !== null) {
      found.sequential.push(await burst("alone"));
      await warm(room, frames, job.warmUp, LIMIT, "behind");
    }
    found.rates.push(await burst("behind"));
    found.inFlight.push(subject.inFlight?.() ?? 1);
    found.description = subject.describe().text;
  } finally {
    room.close();
  }
}
