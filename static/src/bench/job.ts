/** What the benchmark's page is asked to do, and what it answers; see pyweb_ml/bench/job.py and report.py. */

import type { BackendReport } from "../protocol";

export interface Job {
  title: string;
  /** Addresses of pictures, relative to the page: the frames, shown in turn. */
  frames: string[];
  /** Measured frames a subject, after `warmUp` that are not. */
  count: number;
  warmUp: number;
  /** Seconds a subject that measuring may take: a slow one gets fewer frames. */
  limit: number;
  /** Frames of each burst as fast as it goes, and how many bursts a subject. */
  burst: number;
  rounds: number;
  /** Seconds at camera pace, a subject; `rate` is in frames a second. */
  paced: number;
  rate: number;
  subjects: SubjectJob[];
}

export type SubjectKind = "pywebml" | "litert" | "tfjs" | "mediapipe" | "onnxruntime";

/** One thing to measure: the app on a backend, or a rival. */
export interface SubjectJob {
  name: string;
  kind: SubjectKind;
  /** Of the app, with the address of its worker's script; both "" for a rival. */
  backend: string;
  script: string;
  /** What a rival does; null for the app. */
  work: Work | null;
}

/** What a page that somebody writes by hand does with a frame: the same as the app, by the browser's own means. */
export interface Work {
  /** Addresses, relative to the page. */
  model: string;
  tfjs: string;
  /** The folder of the rival's own files. */
  files: string;
  /** The model's input: pixels, the numbers that black and white become, and whether the frame keeps its aspect. */
  width: number;
  height: number;
  range: [number, number];
  keepAspect: boolean;
  /** What follows inference; "none": the output is read, and that is all. */
  task: "blur" | "faces" | "none";
  sigma: number;
}

export interface PageReport {
  device: Device;
  subjects: SubjectReport[];
}

export interface Device {
  userAgent: string;
  cores: number;
  isolated: boolean;
  secure: boolean;
  /** The renderer that WebGL names; "" where there is no WebGL. */
  gpu: string;
  frameWidth: number;
  frameHeight: number;
}

export interface SubjectReport {
  name: string;
  /** Why it could not be measured, or not to the end. */
  error: string | null;
  /** What ran, in one line, as the subject says it. */
  description: string;
  /** From navigation to the first result, nothing cached; milliseconds. */
  firstResult: number | null;
  /** Whether that first result lacked the calculators in Python, which were still starting. */
  firstPartial: boolean;
  /** From navigation until everything runs, Python too. */
  whole: number | null;
  memory: Memory | null;
  /** Milliseconds of each measured frame, from handing it over until its result is there and drawn. */
  times: number[];
  /** By calculator, as {@link times}; empty for rivals. */
  nodes: Record<string, number[]>;
  throughput: Throughput | null;
  paced: Paced | null;
  /** How the candidates of the app did; empty for rivals. */
  candidates: BackendReport[];
  events: string[];
}

/** Of the subject's page with its workers; bytes, the largest of some measurements. */
export interface Memory {
  bytes: number;
  types: Record<string, number>;
}

/** As fast as it goes: a number a round. */
export interface Throughput {
  /** Frames a second. */
  rates: number[];
  /** Frames that were in flight at a time, as the subject would have it. */
  inFlight: number[];
  /** Frames a second of the app with one frame at a time, its engine where it is at first; empty for rivals. */
  sequential: number[];
  /** What ran at last, in one line. */
  description: string;
}

export interface Paced {
  offered: number;
  shown: number;
  dropped: number;
  times: number[];
}
