/** The subjects in turn, frame by frame, so that whatever disturbs the machine disturbs all of them alike. */

import type { Frames } from "./frames";
import type { Job, SubjectJob, SubjectReport } from "./job";
import { messageOf } from "../engines/engine";
import type { Room } from "./room";
import { openRoom, within } from "./room";
import { shown } from "./shown";
import { warm } from "./warm";

interface Runner {
  readonly room: Room;
  readonly report: SubjectReport;
  /** Milliseconds that its measured frames have taken. */
  spent: number;
  done: boolean;
}

export type Tell = (what: string, done: number, total: number) => void;

export async function inTurn(job: Job, reports: readonly SubjectReport[], frames: Frames, tell: Tell): Promise<void> {
  const runners: Runner[] = [];
  try {
    for (const [index, one] of job.subjects.entries()) {
      tell(`starting ${one.name}`, index, job.subjects.length);
      const runner = await begin(one, reports[index]!, frames, job);
      if (runner !== null) runners.push(runner);
    }
    for (let index = 0; index < job.count; index++) {
      if (index % 10 === 0) tell("frames in turn", index, job.count);
      for (const runner of order(runners, index)) if (!runner.done) await measure(runner, index, frames, job.limit);
    }
  } finally {
    for (const runner of runners) end(runner);
  }
}

async function begin(job: SubjectJob, report: SubjectReport, frames: Frames, { warmUp, limit }: Job): Promise<Runner | null> {
  if (report.error !== null) return null;
  try {
    const room = await openRoom(job);
    const runner = { room, report, spent: 0, done: false };
    await warm(room, frames, warmUp, limit).catch((error: unknown) => {
      end(runner);
      throw error;
    });
    return runner;
  } catch (error) {
    report.error = messageOf(error);
    return null;
  }
}

/** Another one begins at each frame. */
function order(runners: readonly Runner[], index: number): Runner[] {
  const first = runners.length === 0 ? 0 : index % runners.length;
  return [...runners.slice(first), ...runners.slice(0, first)];
}

/** The frame begins when what was drawn before, by whomever, has been shown. */
async function measure(runner: Runner, index: number, frames: Frames, limit: number): Promise<void> {
  const { report } = runner;
  try {
    const image = await frames.frame(index, runner.room.window);
    await shown();
    const began = performance.now();
    const nodes = await within(runner.room.subject.process(image, "alone"), "a frame is not done");
    const took = performance.now() - began;
    report.times.push(took);
    for (const [node, spent] of Object.entries(nodes)) (report.nodes[node] ??= []).push(spent);
    runner.spent += took;
    runner.done = runner.spent > limit * 1000;
  } catch (error) {
    report.error = messageOf(error);
    runner.done = true;
  }
}

function end({ room, report }: Runner): void {
  const { text, candidates, events } = room.subject.describe();
  Object.assign(report, { description: text, candidates, events });
  room.close();
}
