/** `<pywebml-app>`: what a page's script can ask of it, and what the browser tells it. */

import type { BatchResult } from "./batch";
import { Deferred } from "./deferred";
import { acceptDrops } from "./drop_target";
import type { ElementJobs, JobRequest } from "./element_jobs";
import { ElementParts } from "./element_parts";
import { ElementPresence } from "./element_presence";
import { toFailure } from "./failure";
import { explained, REASON } from "./isolation";
import { FROM_ADDRESS } from "./page_settings";
import type { ProfileListener } from "./profile_listeners";
import type { Settings, Value } from "./protocol";
import { readChoice } from "./sources";
import type { AppStats } from "./stats";
import type { ChromeTrace } from "./trace";
import { recordTrace } from "./trace_recording";
import type { ExportedVideo } from "./video_export";

/** Milliseconds between two readings of the frame rate. */
const NUMBERS_EVERY = 500;

/**
 * One built app in any page.
 *
 * Attributes: `src` (the built site's folder; default: the one that the script came from), `source` ("camera", "screen",
 * "none" or the address of an image or a video; default: the visitor chooses), `backend` ("auto" or a
 * backend's name), `controls` (buttons, status line and results), `values` (what the app's controls show at first, as
 * in "strength=4&fast=true"). A source that is given starts as soon as the element is seen, but for the screen, which a
 * browser shares only at the press of a button.
 *
 * Events: `status` (detail `{stage, detail, loaded, total}`), `result` (detail `{timestamp, values, pending}`, for
 * frames of the source; images are on the canvas, not in `values`), `change` (detail `{values}`: the visitor has moved a
 * control), `error` (detail: a Failure).
 */
export class PywebmlApp extends HTMLElement {
  static readonly observedAttributes = ["src", "source", "backend", "controls", "values"];

  readonly #parts = new ElementParts(this, this.attachShadow({ mode: "open" }), this.attachInternals());
  readonly #presence = new ElementPresence(this, {
    arrived: (signal) => { this.#arrive(signal); },
    seen: () => { this.#parts.appear(); },
    left: () => { this.#parts.run.dispose(); },
  });
  /** What `ready` gave before the element was in the page. */
  #early: Deferred<void> | null = null;

  /** Settles when everything is loaded, Python included; asking for it begins to load an element in the page. */
  get ready(): Promise<void> {
    if (this.isConnected) return this.#parts.run.load();
    this.#early ??= new Deferred();
    return this.#early.promise;
  }

  get stats(): AppStats {
    const { stats } = this.#parts.run.session;
    return { ...stats, reason: explained(stats.reason, this.dataset[REASON]) };
  }

  /** What the app's controls show, by their names; whole once the element is `ready`. */
  get values(): Settings {
    return this.#parts.controls.values;
  }

  /**
   * Sets some of them, as in `{strength: 4}` or, like the attribute, "strength=4"; a still that is shown is processed
   * again. Where a control cannot show its value, or there is none of that name, the event `error` says it, and of an
   * object nothing is set. Nothing is thrown: frameworks set properties while they draw a page.
   */
  set values(values: Settings | string) {
    if (typeof values === "string") {
      this.#parts.controls.read(values);
      return;
    }
    try {
      this.#parts.controls.values = values;
    } catch (error) {
      this.#parts.reports.refused(toFailure(error));
    }
  }

  /**
   * Runs the graph on one image and gives every output, Python's included.
   *
   * @param image anything that createImageBitmap takes; it stays the caller's. Above 16 megapixels it is made
   *   smaller first. For an app that takes sound: the samples of one packet, frame by frame, at the app's own rate.
   * @param options.timestamp whole microseconds, above the one before it; by default the next one.
   * @returns outputs by stream; a stream without a packet at this timestamp is absent.
   * @throws AppError, with the Failure as its `failure`.
   */
  async process(
    image: ImageBitmapSource | Float32Array,
    options: { timestamp?: number } = {},
  ): Promise<Record<string, Value>> {
    const { run, view, presenter, controls } = this.#parts;
    run.require("process");
    presenter.forgive();
    if (image instanceof Float32Array) return this.#processSound(image, options.timestamp ?? 0);
    const values = await run.session.process(image, options.timestamp, controls.settled);
    view.showPicture();
    return values;
  }

  /**
   * Starts the chosen source: the attribute's, or what the visitor chose last.
   *
   * @throws AppError where it cannot be opened; the event `error` and the panel say it too.
   */
  start(): Promise<void> {
    return this.#parts.run.start();
  }

  /**
   * Tells the listener, a few times a second, what happens in the graph and what each node waits for; the function
   * that it gives ends that.
   *
   * @throws AppError where the element is not in the page.
   */
  profile(listener: ProfileListener): () => void {
    this.#parts.run.require("profile");
    return this.#parts.run.session.profile(listener);
  }

  /**
   * Records what happens in the graph for so many seconds, as a trace that Perfetto opens: write it to a file with
   * `JSON.stringify`.
   *
   * @throws AppError where the element is not in the page, or the seconds are not above 0 and at most 60.
   */
  async trace(seconds = 5): Promise<ChromeTrace> {
    this.#parts.run.require("trace");
    return recordTrace((listener) => this.profile(listener), seconds);
  }

  /**
   * The picture that is shown as a PNG file, which the visitor is given as a download; with null as its name, only the
   * caller is.
   *
   * @throws AppError where nothing is shown yet.
   */
  save(name?: string | null): Promise<Blob> {
    return this.#parts.saving.picture(name);
  }

  /**
   * Records what is shown from now on, until the function that it gives is called or the source ends; then the visitor
   * is given an MP4 or WebM file as a download, as of {@link save}.
   *
   * @throws AppError where nothing is shown yet, or this browser cannot record.
   */
  record(name?: string | null): () => Promise<Blob> {
    return this.#parts.saving.record(name);
  }

  /**
   * Every frame of a video through the graph, none dropped, into a new file with the same times and the same sound:
   * an MP4, or a WebM where the browser cannot write that. It takes the source's place until it is done;
   * a video file that ran then comes back, paused or playing, where it was.
   *
   * @param video an MP4, MOV, WebM or Matroska file; by default the video that is the source.
   * @param request `progress` is told `{name, done, total}`, in frames; `name` of the visitor's download, null: none.
   * @throws AppError, told by the event `error` too; the signal's reason (AbortError after {@link stop}) if given up.
   */
  exportVideo(video: Blob | null = null, request: JobRequest = {}): Promise<ExportedVideo> {
    return this.#work("exportVideo", (jobs) => jobs.exportVideo(video, request));
  }

  /**
   * Every image among the files through the graph, in the order of their names, into a zip: STREAM/NAME.png for each
   * Image output, and results.jsonl with all packets. An image that fails is reported, and the others go on.
   *
   * @param request as of {@link exportVideo}, in files.
   * @throws as {@link exportVideo}.
   */
  processFiles(files: Iterable<File>, request: JobRequest = {}): Promise<BatchResult> {
    return this.#work("processFiles", (jobs) => jobs.processFiles(files, request));
  }

  /** Stops the source and ends the run: the next frame begins a new one. */
  stop(): void {
    this.#parts.run.stop();
  }

  /** Starts an image or a video file, as if the visitor had chosen it; rejects as {@link start} does. */
  async open(file: Blob): Promise<void> {
    this.#parts.run.choice = { kind: "file", file, name: file instanceof File ? file.name : "the file" };
    await this.start();
  }

  connectedCallback(): void {
    this.#presence.connected();
  }

  disconnectedCallback(): void {
    this.#presence.disconnected();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "values") this.#parts.controls.read(after ?? "", FROM_ADDRESS in this.dataset);
    if (!this.#presence.isHere || name === "values") return;
    if (name === "controls") this.#showControls();
    else if (name === "source") this.#parts.run.follow(readChoice(after), this.#presence.isSeen);
    else this.#parts.reload(this.#presence.isSeen);
  }

  #arrive(signal: AbortSignal): void {
    const { run } = this.#parts;
    run.choice ??= readChoice(this.getAttribute("source"));
    this.#showControls();
    this.#listen(signal);
    const early = this.#early;
    if (early !== null) run.load().then(early.resolve, early.reject);
    this.#early = null;
  }

  #listen(signal: AbortSignal): void {
    const { run, view } = this.#parts;
    const numbers = setInterval(() => { run.showNumbers(); }, NUMBERS_EVERY);
    signal.addEventListener("abort", () => { clearInterval(numbers); });
    const over = (is: boolean): void => { view.showDropping(is && this.hasAttribute("controls")); };
    const take = (file: File): void => { run.begin({ kind: "file", file, name: file.name }); };
    const takeAll = (files: readonly File[]): void => { this.#parts.processFiles(files); };
    acceptDrops(this, { over, take, takeAll }, signal);
  }

  #showControls(): void {
    const { view, presenter, run } = this.#parts;
    view.showControls(this.hasAttribute("controls"));
    presenter.activity(presenter.is, run.choice !== null);
    if (this.#presence.isSeen) void this.#parts.showSamples();
  }

  async #processSound(samples: Float32Array, timestamp: number): Promise<Record<string, Value>> {
    const { run, site, controls } = this.#parts;
    const channels = (await site.manifest).audio?.channels ?? 1;
    const sound = { shape: [samples.length / channels, channels], data: samples };
    return run.session.processSound(sound, timestamp, await controls.settled);
  }

  /** A job, where the element can do one. */
  async #work<T>(method: string, job: (jobs: ElementJobs) => Promise<T>): Promise<T> {
    const { run, presenter, jobs } = this.#parts;
    run.require(method);
    presenter.forgive();
    return job(jobs);
  }
}
