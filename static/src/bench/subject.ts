/** The page within the page that holds one subject, so that engines which are global to a page do not meet. */

import type { BackendReport, Pace } from "../protocol";
import type { SubjectJob, SubjectKind } from "./job";

/** What is measured. */
export interface Subject {
  /** How many frames it had better be given before the first of them is done; null for a page that takes but one. */
  readonly inFlight: (() => number) | null;
  /** One frame, which is given away; by calculator the milliseconds that it says. */
  process(image: ImageBitmap, pace: Pace): Promise<Record<string, number>>;
  /** Whether nothing is started or chosen any more at this pace, for as long as frames come. */
  settled(pace: Pace): boolean;
  describe(): Description;
}

export interface Description {
  text: string;
  candidates: BackendReport[];
  events: string[];
}

/** What this page shows its parent. */
export interface SubjectWindow extends Window {
  subject?: Promise<Subject>;
}

type Create = (job: SubjectJob, canvas: HTMLCanvasElement) => Promise<Subject>;

const CREATE: Record<SubjectKind, () => Promise<Create>> = {
  pywebml: async () => (await import("./pywebml")).create,
  litert: async () => (await import("./peers/litert")).create,
  tfjs: async () => (await import("./peers/tfjs")).create,
  mediapipe: async () => (await import("./peers/mediapipe")).create,
  onnxruntime: async () => (await import("./peers/onnxruntime")).create,
};

async function begin(): Promise<Subject> {
  const job = JSON.parse(decodeURIComponent(location.hash.slice(1))) as SubjectJob;
  const create = await CREATE[job.kind]();
  return create(job, document.querySelector("canvas")!);
}

(window as SubjectWindow).subject = begin();
