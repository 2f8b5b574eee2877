/** Subjects' pages, each in a frame of its own; a frame that is removed takes all of its memory with it. */

import type { SubjectJob } from "./job";
import type { Subject, SubjectWindow } from "./subject";

/** Seconds after which a subject that has not begun, or not answered, is given up. */
const PATIENCE = 90;

/** By which memory is told to be a subject's; see memory.ts. */
export const FRAME_ID = "subject";

export interface Room {
  readonly subject: Subject;
  readonly window: Window;
  /** When its page was asked for, by performance.now(). */
  readonly began: number;
  close(): void;
}

/** Opens a subject's page; rejects with why it cannot begin. */
export async function openRoom(job: SubjectJob): Promise<Room> {
  const began = performance.now();
  const { window, close } = await openFrame(`subject.html#${encodeURIComponent(JSON.stringify(job))}`);
  try {
    const { subject } = window as SubjectWindow;
    if (subject === undefined) throw new Error("its page could not be loaded");
    return { subject: await within(subject, `'${job.name}' does not begin`), window, began, close };
  } catch (error) {
    close();
    throw error;
  }
}

export async function openFrame(address: string): Promise<{ window: Window; close: () => void }> {
  const frame = document.createElement("iframe");
  frame.id = FRAME_ID;
  frame.src = address;
  const loaded = new Promise((resolve) => { frame.onload = resolve; });
  document.querySelector("#subjects")!.append(frame);
  const close = (): void => { frame.remove(); };
  await within(loaded, `'${address}' does not load`).catch((error: unknown) => {
    close();
    throw error;
  });
  return { window: frame.contentWindow!, close };
}

/** Nothing hangs: rejects where there is no answer. */
export async function within<T>(answer: Promise<T>, what: string, seconds = PATIENCE): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new Error(`${what} within ${seconds} s`)); }, seconds * 1000);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
