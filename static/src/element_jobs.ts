/** The element's jobs: a video exported, many images processed. Knows no worker. */

import { processFiles, type BatchResult } from "./batch";
import { AppError, toFailure } from "./failure";
import type { JobOptions, JobProgress, JobResult, Process } from "./job";
import { jobAmount, jobGivenUp, jobSaved, noVideoToExport } from "./media_messages";
import type { Failure } from "./protocol";
import { download } from "./saving";
import type { Session } from "./session";
import type { Choice } from "./source";
import { fileOf } from "./sources";
import { exportVideo, type ExportedVideo } from "./video_export";

/** What a script may ask for. */
export interface JobRequest {
  /** Gives the job up once it is aborted. */
  signal?: AbortSignal;
  progress?: (progress: JobProgress) => void;
  /** What the visitor's download is called; null: there is none, and only the caller is given the file. */
  name?: string | null;
}

export interface JobHost {
  session(): Session;
  /** What the visitor has chosen, if anything. */
  choice(): Choice | null;
  /** The function that it gives brings back the video that plays now, if one does. */
  remember(): () => void;
  /** How far it is; null: it is over. */
  progress(progress: { part: number; text: string } | null): void;
  notice(notice: string): void;
  /** Something failed outside the session, which reports its own failures. */
  failed(failure: Failure): void;
}

type Work<T> = (process: Process, options: JobOptions) => Promise<T>;

export class ElementJobs {
  readonly #host: JobHost;

  constructor(host: JobHost) {
    this.#host = host;
  }

  /** See PywebmlApp.exportVideo. */
  async exportVideo(video: Blob | null, request: JobRequest): Promise<ExportedVideo> {
    const file = video === null ? await this.#chosen() : asFile(video);
    return this.#run(request, (process, options) => exportVideo(file, process, options));
  }

  /** See PywebmlApp.processFiles. */
  processFiles(files: Iterable<File>, request: JobRequest): Promise<BatchResult> {
    const list = [...files];
    return this.#run(request, (process, options) => processFiles(list, process, options));
  }

  /** As the visitor asks for it: what goes wrong is told, and what is given up is not. */
  begin(start: (jobs: ElementJobs) => Promise<JobResult>): void {
    start(this).catch(() => undefined);
  }

  async #chosen(): Promise<File> {
    try {
      const choice = this.#host.choice();
      if (choice?.kind !== "file" && choice?.kind !== "address") throw new AppError(noVideoToExport());
      return await fileOf(choice);
    } catch (error) {
      this.#host.failed(toFailure(error));
      throw error;
    }
  }

  async #run<T extends JobResult>(request: JobRequest, work: Work<T>): Promise<T> {
    const bringBack = this.#host.remember();
    const end = { isStopped: false };
    try {
      const result = await this.#work(request, work, end);
      if (!end.isStopped) bringBack();
      this.#save(result, request);
      return result;
    } catch (error) {
      if (request.signal?.aborted === true && !end.isStopped) bringBack();
      if (!(error instanceof AppError)) this.#host.notice(jobGivenUp());
      throw error;
    } finally {
      this.#host.progress(null);
    }
  }

  /** `end` says afterwards whether the session was stopped meanwhile. */
  #work<T>({ signal: given, progress }: JobRequest, work: Work<T>, end: { isStopped: boolean }): Promise<T> {
    const session = this.#host.session();
    return session.work(async (process, stopped) => {
      const signal = given === undefined ? stopped : AbortSignal.any([stopped, given]);
      try {
        return await work(process, { signal, progress: (at) => { this.#tell(at, progress); } });
      } finally {
        end.isStopped = stopped.aborted;
        // What is given up has not failed, and the session need not tell that it has.
        if (given?.aborted === true) session.stop();
      }
    });
  }

  #save({ file, notice }: JobResult, { name = file.name }: JobRequest): void {
    this.#host.notice([name === null ? "" : jobSaved(name), notice].filter((part) => part !== "").join(" "));
    if (name !== null) download(file, name);
  }

  #tell(at: JobProgress, progress: JobRequest["progress"]): void {
    this.#host.progress({ part: at.total > 0 ? at.done / at.total : 0, text: jobAmount(at) });
    progress?.(at);
  }
}

function asFile(video: Blob): File {
  return video instanceof File ? video : new File([video], "video", { type: video.type });
}
