/** The app itself, by the client that the element uses too. */

import type { Backends, Failure } from "../protocol";
import { WorkerClient } from "../worker_client";
import type { SubjectJob } from "./job";
import type { Subject } from "./subject";

/** Microseconds between two frames, as of a camera with 30 a second. */
const INTERVAL = 33_333;
/** Frames that the worker is given at a time: while one is inferred, the next is read and the former drawn. */
const IN_FLIGHT = 2;

export async function create({ backend, script }: SubjectJob, canvas: HTMLCanvasElement): Promise<Subject> {
  const base = new URL("app/", location.href);
  const state: { chosen: Backends | null; trouble: string[] } = { chosen: null, trouble: [] };
  const client = new WorkerClient(
    { script: new URL(script, location.href), base: base.href, backend, canvas: canvas.transferControlToOffscreen() },
    {
      status: () => undefined,
      ready: () => undefined,
      profiled: () => undefined,
      backends: (chosen) => { state.chosen = chosen; },
      failed: (failure: Failure) => { state.trouble.push(failure.message); },
    },
  );
  const ready = await client.ready;
  let timestamp = 0;
  return {
    inFlight: IN_FLIGHT,
    async process(image) {
      timestamp += INTERVAL;
      const request = { timestamp, image, settings: {}, show: true, values: false, partial: false };
      return (await client.process(request)).milliseconds;
    },
    settled: () => state.chosen === null || isSettled(state.chosen.backends),
    describe: () => {
      const { backend: name, reason, backends, events } = state.chosen ?? { ...ready, backends: [], events: [] };
      return { text: `${name}: ${reason}`, candidates: backends, events: [...state.trouble, ...events] };
    },
  };
}

/** Nothing is left to be tried; where there is no choice, nothing is measured. */
function isSettled(candidates: Backends["backends"]): boolean {
  const possible = candidates.filter(({ state }) => state !== "excluded");
  return possible.length < 2 || possible.every(({ milliseconds }) => milliseconds !== null);
}
