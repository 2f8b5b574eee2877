/** The benchmark's page: does the job that the server has, and hands the report back to it. */

import { alone } from "./alone";
import { Frames } from "./frames";
import type { Device, Job, PageReport, SubjectJob, SubjectReport } from "./job";
import { messageOf } from "../engines/engine";
import { paced } from "./paced";
import { inRounds } from "./throughput";
import { inTurn } from "./turns";

const line = document.querySelector("#progress")!;

async function main(): Promise<void> {
  const job = (await (await fetch("job.json")).json()) as Job;
  const frames = await Frames.load(job.frames);
  const reports = job.subjects.map(({ name }) => emptyReport(name));
  for (const [index, one] of job.subjects.entries()) {
    tell(`${one.name}: first result and memory`, index, job.subjects.length);
    await attempt(reports[index]!, () => byItself(one, frames, job, reports[index]!));
  }
  await inTurn(job, reports, frames, tell);
  await inRounds(job, reports, frames, tell);
  for (const [index, one] of job.subjects.entries()) {
    if (job.paced === 0 || reports[index]!.error !== null) continue;
    tell(`${one.name}: ${job.rate} frames a second`, index, job.subjects.length);
    await attempt(reports[index]!, async () => { reports[index]!.paced = await paced(one, frames, job); });
  }
  await post("report", { device: deviceOf(frames), subjects: reports } satisfies PageReport);
  line.textContent = "Done: the report is where the benchmark was started.";
}

async function byItself(one: SubjectJob, frames: Frames, job: Job, report: SubjectReport): Promise<void> {
  await post("begin", { subject: one.name });
  try {
    Object.assign(report, await alone(one, frames, job.frames[0]!));
  } finally {
    await post("begin", { subject: "" });
  }
}

async function attempt(report: SubjectReport, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    report.error = messageOf(error);
  }
}

function emptyReport(name: string): SubjectReport {
  const alone = { firstResult: null, firstPartial: false, whole: null, memory: null };
  const unknown = { error: null, description: "", ...alone, throughput: null, paced: null };
  return { name, ...unknown, times: [], nodes: {}, candidates: [], events: [] };
}

function deviceOf(frames: Frames): Device {
  return {
    userAgent: navigator.userAgent,
    cores: navigator.hardwareConcurrency,
    isolated: crossOriginIsolated,
    secure: isSecureContext,
    gpu: rendererOf(document.createElement("canvas").getContext("webgl2")),
    frameWidth: frames.width,
    frameHeight: frames.height,
  };
}

function rendererOf(context: WebGL2RenderingContext | null): string {
  const extension = context?.getExtension("WEBGL_debug_renderer_info");
  return extension ? String(context!.getParameter(extension.UNMASKED_RENDERER_WEBGL)) : "";
}

function tell(what: string, done: number, total: number): void {
  line.textContent = `${what} (${done} of ${total})`;
  void post("progress", { what, done, total }).catch(() => undefined);
}

async function post(path: string, value: unknown): Promise<void> {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(value) });
  if (!answer.ok) throw new Error(`the benchmark's server answers ${answer.status} to '${path}'`);
}

main().catch(async (error: unknown) => {
  line.textContent = `It has failed: ${messageOf(error)}`;
  await post("failed", { message: messageOf(error) });
});
