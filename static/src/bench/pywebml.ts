/** The app itself, by the client that the element uses too. */

import type { Backends, Failure, Pace } from "../protocol";
import { WorkerClient } from "../worker_client";
import type { SubjectJob } from "./job";
import type { Subject } from "./subject";

/** Microseconds between two frames, as of a camera with 30 a second. */
const INTERVAL = 33_333;
/** Seconds without news of backends after which, at full speed, nothing more is tried: an engine starts in less. */
const QUIET = 3;

interface State {
  chosen: Backends | null;
  trouble: string[];
  /** When it was chosen, or frames began to come too fast, which gives it something to try; by performance.now(). */
  news: number;
  wasBehind: boolean;
}

export async function create({ backend, script }: SubjectJob, canvas: HTMLCanvasElement): Promise<Subject> {
  const base = new URL("app/", location.href);
  const state: State = { chosen: null, trouble: [], news: 0, wasBehind: false };
  const client = new WorkerClient(
    { script: new URL(script, location.href), base: base.href, backend, canvas: canvas.transferControlToOffscreen() },
    {
      status: () => undefined,
      ready: () => undefined,
      profiled: () => undefined,
      backends: (chosen) => { Object.assign(state, { chosen, news: performance.now() }); },
      failed: (failure: Failure) => { state.trouble.push(failure.message); },
    },
  );
  const ready = await client.ready;
  let timestamp = 0;
  return {
    inFlight: () => (state.chosen?.overlaps ? 2 : 1),
    async process(image, pace) {
      timestamp += INTERVAL;
      if (pace === "behind") fallBehind(state);
      const request = { timestamp, image, settings: {}, show: true, values: false, partial: false, pace };
      return (await client.process(request)).milliseconds;
    },
    settled: (pace) => isSettled(state, pace),
    describe: () => {
      const { backend: name, reason, backends, events } = state.chosen ?? { ...ready, backends: [], events: [] };
      return { text: `${name}: ${reason}`, candidates: backends, events: [...state.trouble, ...events] };
    },
  };
}

function fallBehind(state: State): void {
  if (!state.wasBehind) Object.assign(state, { wasBehind: true, news: performance.now() });
}

/** Nothing is left to be tried; where there is no choice, nothing is measured. */
function isSettled({ chosen, news }: State, pace: Pace): boolean {
  const possible = chosen?.backends.filter(({ state }) => state !== "excluded") ?? [];
  const isChosen = possible.length < 2 || possible.every(({ milliseconds }) => milliseconds !== null);
  return isChosen && (pace !== "behind" || performance.now() - news > QUIET * 1000);
}
