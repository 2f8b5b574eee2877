/** One subject with the page to itself: how soon its first result comes, and what memory it holds. */

import type { Frames } from "./frames";
import type { Memory, SubjectJob, SubjectReport } from "./job";
import { larger, measureMemory } from "./memory";
import { openFrame, openRoom, within } from "./room";

/** Frames between two measurements of memory, and how many of those. */
const FRAMES = 5;
const MEASUREMENTS = 2;

type Alone = Pick<SubjectReport, "firstResult" | "firstPartial" | "whole" | "memory">;

export function alone(job: SubjectJob, frames: Frames, picture: string): Promise<Alone> {
  return job.kind === "pywebml" ? ofApp(job, frames, picture) : ofRival(job, frames);
}

/** What of the element is used. */
interface App extends HTMLElement {
  ready: Promise<unknown>;
  process(image: ImageBitmap): Promise<unknown>;
  stop(): void;
}

/** The built site's own page, as a visitor opens it. */
async function ofApp({ backend }: SubjectJob, frames: Frames, picture: string): Promise<Alone> {
  const began = performance.now();
  const page = await openFrame(`app/?backend=${backend}`);
  try {
    const app = page.window.document.querySelector<App>("pywebml-app")!;
    const first = firstResult(app);
    app.setAttribute("source", new URL(picture, location.href).href);
    const firstPartial = await within(first, "the app's page gives no result");
    const firstResultAfter = performance.now() - began;
    await within(app.ready, "the app's page is not ready");
    const whole = performance.now() - began;
    app.stop();
    const memory = await most(async (index) => { await app.process(await frames.frame(index, page.window)); });
    return { firstResult: firstResultAfter, firstPartial, whole, memory };
  } finally {
    page.close();
  }
}

/** Resolves with whether it lacks Python's part; rejects with what the element says is wrong. */
function firstResult(app: HTMLElement): Promise<boolean> {
  return new Promise((resolve, reject) => {
    app.addEventListener("result", (event) => {
      resolve((event as CustomEvent<{ pending: string[] }>).detail.pending.length > 0);
    });
    app.addEventListener("error", (event) => {
      reject(new Error((event as unknown as CustomEvent<{ message: string }>).detail.message));
    });
  });
}

async function ofRival(job: SubjectJob, frames: Frames): Promise<Alone> {
  const room = await openRoom(job);
  const { subject, window } = room;
  try {
    await within(subject.process(await frames.frame(0, window), "alone"), "the first frame is not done");
    const firstResult = performance.now() - room.began;
    const memory = await most(async (index) => { await subject.process(await frames.frame(index, window), "alone"); });
    return { firstResult, firstPartial: false, whole: firstResult, memory };
  } finally {
    room.close();
  }
}

/** The most that the subject holds while some frames are done. */
async function most(step: (index: number) => Promise<void>): Promise<Memory | null> {
  let found: Memory | null = null;
  for (let at = 0; at < MEASUREMENTS; at++) {
    for (let index = 0; index < FRAMES; index++) await within(step(at * FRAMES + index + 1), "a frame is not done");
    const memory = await measureMemory();
    if (memory === null) break;
    found = larger(found, memory);
  }
  return found;
}
