/** `<pywebml-app>`: a thin skin over a session (what runs) and a view (what is seen). */

import { copyText } from "./clipboard";
import type { BatchResult } from "./batch";
import { Deferred } from "./deferred";
import { acceptDrops } from "./drop_target";
import { ElementControls } from "./element_controls";
import { ElementJobs, type JobRequest } from "./element_jobs";
import { ElementView } from "./element_view";
import { AppError, toFailure } from "./failure";
import { explained, REASON } from "./isolation";
import { badSeconds, badSite, copied, notConnected } from "./messages";
import { Saving } from "./saving";
import { explain } from "./page_policy";
import { fetchSite, type PageSite } from "./page_site";
import { siteOf, workerOf } from "./own_site";
import { Presenter } from "./presenter";
import type { ProfileListener } from "./profile_listeners";
import { PROFILED_EVERY } from "./protocol";
import type { Failure, Settings, TraceEvent, Value } from "./protocol";
import { Session } from "./session";
import type { SessionEvents } from "./session_events";
import type { Choice } from "./source";
import { readChoice } from "./sources";
import type { AppStats } from "./stats";
import { chromeTrace, type ChromeTrace } from "./trace";
import type { ExportedVideo } from "./video_export";

/** Milliseconds after its removal when everything is given back; moving it within the page takes less. */
const GRACE = 250;

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

  readonly #view: ElementView;
  readonly #presenter: Presenter;
  /** What screen readers say of the element, unless the page says it by attributes. */
  readonly #internals = this.attachInternals();
  readonly #controls: ElementControls;
  readonly #jobs: ElementJobs;
  readonly #saving: Saving;
  #site: Promise<PageSite> | null = null;
  #session: Session | null = null;
  #choice: Choice | null = null;
  /** What `ready` gave before the element was in the page. */
  #early: Deferred<void> | null = null;
  #seen = false;
  #connection: AbortController | null = null;
  #release: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.#internals.role = "group";
    this.#view = new ElementView(this.attachShadow({ mode: "open" }), {
      choose: (choice) => { this.#run(choice); },
      chooseFiles: (files) => { this.#jobs.begin((jobs) => jobs.processFiles(files, {})); },
      export: () => { this.#jobs.begin((jobs) => jobs.exportVideo(null, {})); },
      toggle: () => { this.#toggle(); },
      retry: () => { this.#retry(); },
      set: (name, value) => { this.#controls.move(name, value); },
      reset: () => { this.#controls.reset(); },
      link: () => { void this.#copyLink(); },
      save: () => { this.#saving.savePicture(); },
      record: () => { this.#saving.toggle(); },
    });
    this.#saving = new Saving({ canvas: () => this.#view.picture, picture: () => this.#getSession().picture() }, {
      recording: (runs) => { this.#view.showRecording(runs); },
      failed: (failure) => { this.#complain(failure); },
    });
    this.#controls = new ElementControls(this.#view.controls, {
      wanted: () => this.#getSite(),
      changed: () => { this.#settingsChanged(); },
      moved: () => { this.#tell("change", { values: this.values }); },
      failed: (failure) => { this.#complain(failure); },
    });
    this.#presenter = new Presenter(this.#view);
    this.#jobs = new ElementJobs({
      session: () => this.#getSession(),
      choice: () => this.#choice,
      progress: (progress) => { this.#presenter.job(progress); },
      notice: (notice) => { this.#presenter.notice(notice); },
      failed: (failure) => { this.#complain(failure); },
    });
  }

  /** Settles when everything is loaded, Python included; asking for it begins to load an element in the page. */
  get ready(): Promise<void> {
    if (this.isConnected) return this.#load();
    this.#early ??= new Deferred();
    return this.#early.promise;
  }

  get stats(): AppStats {
    const { stats } = this.#getSession();
    return { ...stats, reason: explained(stats.reason, this.dataset[REASON]) };
  }

  /** What the app's controls show, by their names; whole once the element is `ready`. */
  get values(): Settings {
    return this.#controls.values;
  }

  /**
   * Sets some of them, as in `{strength: 4}` or, like the attribute, "strength=4"; a still that is shown is processed
   * again. Where a control cannot show its value, or there is none of that name, the event `error` says it, and of an
   * object nothing is set. Nothing is thrown: frameworks set properties while they draw a page.
   */
  set values(values: Settings | string) {
    if (typeof values === "string") {
      this.#controls.read(values);
      return;
    }
    try {
      this.#controls.values = values;
    } catch (error) {
      this.#complain(toFailure(error));
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
    if (!this.isConnected) throw new AppError(notConnected("process"));
    this.#presenter.forgive();
    if (image instanceof Float32Array) return this.#processSound(image, options.timestamp ?? 0);
    const values = await this.#getSession().process(image, options.timestamp, this.#controls.settled);
    this.#view.showPicture();
    return values;
  }

  /**
   * Starts the chosen source: the attribute's, or what the visitor chose last.
   *
   * @throws AppError where it cannot be opened; the event `error` and the panel say it too.
   */
  async start(): Promise<void> {
    if (!this.isConnected) throw new AppError(notConnected("start"));
    this.#presenter.forgive();
    await this.#getSession().start(this.#choice);
  }

  /**
   * Tells the listener, a few times a second, what happens in the graph and what each node waits for; the function
   * that it gives ends that.
   *
   * @throws AppError where the element is not in the page.
   */
  profile(listener: ProfileListener): () => void {
    if (!this.isConnected) throw new AppError(notConnected("profile"));
    return this.#getSession().profile(listener);
  }

  /**
   * Records what happens in the graph for so many seconds, as a trace that Perfetto opens: write it to a file with
   * `JSON.stringify`.
   *
   * @throws AppError where the element is not in the page, or the seconds are not above 0 and at most 60.
   */
  async trace(seconds = 5): Promise<ChromeTrace> {
    if (!this.isConnected) throw new AppError(notConnected("trace"));
    if (!(seconds > 0 && seconds <= 60)) throw new AppError(badSeconds(seconds));
    const events: TraceEvent[] = [];
    const last = (performance.now() + seconds * 1000) * 1000;
    const end = this.profile((report) => {
      for (const event of report.events) if (event.startTime <= last) events.push(event);
    });
    // What happened last is told a little later.
    await new Promise((resolve) => { setTimeout(resolve, seconds * 1000 + 2 * PROFILED_EVERY); });
    end();
    return chromeTrace(events, document.title);
  }

  /**
   * The picture that is shown as a PNG file, which the visitor is given as a download; with null as its name, only the
   * caller is.
   *
   * @throws AppError where nothing is shown yet.
   */
  save(name?: string | null): Promise<Blob> {
    return this.#saving.picture(name);
  }

  /**
   * Records what is shown from now on, until the function that it gives is called or the source ends; then the visitor
   * is given an MP4 or WebM file as a download, as of {@link save}.
   *
   * @throws AppError where nothing is shown yet, or this browser cannot record.
   */
  record(name?: string | null): () => Promise<Blob> {
    return this.#saving.record(name);
  }

  /**
   * Every frame of a video through the graph, none dropped, into a new file with the same times and the same sound:
   * an MP4, or a WebM where the browser cannot write that. It takes the source's place until it is done.
   *
   * @param video an MP4, MOV, WebM or Matroska file; by default the video that is the source.
   * @param request `progress` is told `{name, done, total}`, in frames; `name` of the visitor's download, null: none.
   * @throws AppError, told by the event `error` too; the signal's reason (AbortError after {@link stop}) if given up.
   */
  exportVideo(video: Blob | null = null, request: JobRequest = {}): Promise<ExportedVideo> {
    return this.#work("exportVideo", () => this.#jobs.exportVideo(video, request));
  }

  /**
   * Every image among the files through the graph, in the order of their names, into a zip: STREAM/NAME.png for each
   * Image output, and results.jsonl with all packets. An image that fails is reported, and the others go on.
   *
   * @param request as of {@link exportVideo}, in files.
   * @throws as {@link exportVideo}.
   */
  processFiles(files: Iterable<File>, request: JobRequest = {}): Promise<BatchResult> {
    return this.#work("processFiles", () => this.#jobs.processFiles(files, request));
  }

  /** Stops the source and ends the run: the next frame begins a new one. */
  stop(): void {
    this.#session?.stop();
  }

  /** Starts an image or a video file, as if the visitor had chosen it; rejects as {@link start} does. */
  async open(file: Blob): Promise<void> {
    this.#choice = { kind: "file", file, name: file instanceof File ? file.name : "the file" };
    await this.start();
  }

  connectedCallback(): void {
    clearTimeout(this.#release);
    if (this.#connection !== null) return;
    this.#connection = new AbortController();
    this.#choice ??= readChoice(this.getAttribute("source"));
    this.#showControls();
    this.#listen(this.#connection.signal);
    const early = this.#early;
    if (early !== null) this.#load().then(early.resolve, early.reject);
    this.#early = null;
  }

  disconnectedCallback(): void {
    this.#release = setTimeout(() => { this.#dispose(); }, GRACE);
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    if (name === "values") this.#controls.read(after ?? "");
    if (this.#connection === null || name === "values") return;
    if (name === "controls") this.#showControls();
    else if (name === "source") this.#followSource(after);
    else this.#reload();
  }

  #listen(signal: AbortSignal): void {
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      this.#appear();
    });
    observer.observe(this);
    const numbers = setInterval(() => { this.#showNumbers(); }, NUMBERS_EVERY);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearInterval(numbers);
    });
    const over = (is: boolean): void => { this.#view.showDropping(is && this.hasAttribute("controls")); };
    const take = (file: File): void => { this.#run({ kind: "file", file, name: file.name }); };
    const takeAll = (files: readonly File[]): void => { this.#jobs.begin((jobs) => jobs.processFiles(files, {})); };
    acceptDrops(this, { over, take, takeAll }, signal);
  }

  /** The element is seen for the first time: what it needs is loaded, and what it shows is begun. */
  #appear(): void {
    this.#seen = true;
    try {
      this.#base();
    } catch (error) {
      this.#fail(toFailure(error));
      return;
    }
    void this.#showSite();
    if (this.#choice === null || this.#choice.kind === "screen") this.#load().catch(() => undefined);
    else this.#run(this.#choice);
  }

  async #processSound(samples: Float32Array, timestamp: number): Promise<Record<string, Value>> {
    const channels = (await this.#getSite()).audio?.channels ?? 1;
    const sound = { shape: [samples.length / channels, channels], data: samples };
    return this.#getSession().processSound(sound, timestamp, await this.#controls.settled);
  }

  /** A job, where the element can do one. */
  async #work<T>(method: string, job: () => Promise<T>): Promise<T> {
    if (!this.isConnected) throw new AppError(notConnected(method));
    this.#presenter.forgive();
    return job();
  }

  async #load(): Promise<void> {
    const session = this.#getSession();
    if (!session.connected) this.#presenter.begin();
    // What is wrong with the site is reported by the session, too.
    await Promise.all([session.load(), this.#getSite().catch(() => undefined)]);
  }

  /** As {@link start}, where nobody waits for the promise; the session has reported what it rejects with. */
  #run(choice: Choice | null): void {
    this.#choice = choice;
    this.start().catch(() => undefined);
  }

  #toggle(): void {
    if (this.#presenter.busy) this.stop();
    else this.#run(this.#choice);
  }

  #retry(): void {
    this.#presenter.forgive();
    if (this.#choice === null) this.#appear();
    else this.#run(this.#choice);
  }

  /** A control shows something else; what it made a calculator refuse is tried again, but for a screen, once shared. */
  #settingsChanged(): void {
    const choice = this.#choice;
    if (this.#presenter.isRefused && choice !== null && choice.kind !== "screen") this.#run(choice);
    else this.#session?.settingsChanged();
  }

  #followSource(source: string | null): void {
    this.stop();
    this.#choice = readChoice(source);
    this.#presenter.activity("idle", this.#choice !== null);
    if (this.#seen && this.#choice !== null && this.#choice.kind !== "screen") this.#run(this.#choice);
  }

  /** Another site or another backend: everything anew, at once if it had begun. */
  #reload(): void {
    this.#session?.release();
    this.#session = null;
    this.#site = null;
    this.#controls.forget();
    this.#view.showSettings(false);
    if (this.#seen) this.#appear();
  }

  #dispose(): void {
    if (this.isConnected) return;
    this.#connection?.abort();
    this.#connection = null;
    this.#session?.release();
    this.#session = null;
    this.#seen = false;
    // What the visitor chose is over; a camera must not start again by itself.
    this.#choice = null;
  }

  #showControls(): void {
    this.#view.showControls(this.hasAttribute("controls"));
    this.#presenter.activity(this.#presenter.is, this.#choice !== null);
    if (this.#seen) void this.#showSite();
  }

  async #showSite(): Promise<void> {
    if (!this.hasAttribute("controls")) return;
    try {
      const asked = this.#getSite();
      const { samples } = await asked;
      if (asked === this.#site) this.#view.showSamples(samples);
    } catch (error) {
      this.#fail(toFailure(error));
    }
  }

  /** What the page needs of the manifest, fetched once; after a failure once more. */
  #getSite(): Promise<PageSite> {
    this.#site ??= this.#fetchSite();
    return this.#site;
  }

  async #fetchSite(): Promise<PageSite> {
    const base = this.#base();
    try {
      const site = await fetchSite(base);
      if (base.href === this.#base().href) this.#meet(site);
      return site;
    } catch (error) {
      this.#site = null;
      throw new AppError(await this.#explain(toFailure(error), base));
    }
  }

  #meet({ title, name, controls, audio }: PageSite): void {
    this.#internals.ariaLabel = title;
    this.#view.showInput(audio === null ? "image" : "sound");
    this.#saving.name = name;
    this.#controls.meet(controls);
    this.#view.showSettings(controls.length > 0);
  }

  async #copyLink(): Promise<void> {
    const { href } = this.#controls.link(this.#base());
    this.#presenter.notice(copied(href, await copyText(href)));
  }

  #showNumbers(): void {
    if (this.#session !== null) this.#presenter.numbers(this.#session.stats, this.#session.rate);
  }

  #getSession(): Session {
    const base = this.#base();
    this.#session ??= new Session(
      {
        script: workerOf(base, import.meta.url),
        explain: (failure) => this.#explain(failure, base),
        base: base.href,
        backend: this.getAttribute("backend") ?? "auto",
        canvas: () => this.#view.freshCanvas(),
        settings: () => this.#controls.settled,
        audio: async () => (await this.#getSite()).audio,
      },
      this.#sessionEvents(),
    );
    return this.#session;
  }

  #sessionEvents(): SessionEvents {
    const presenter = this.#presenter;
    return {
      status: (status) => {
        presenter.status(status);
        const { stage, detail, loaded, total } = status;
        this.#tell("status", { stage, detail, loaded, total });
      },
      ready: (ready) => { presenter.ready(ready); },
      result: (result) => {
        presenter.result(result);
        const { timestamp, values, pending } = result;
        this.#tell("result", { timestamp, values, pending });
      },
      failed: (failure) => { this.#fail(failure); },
      activity: (activity) => {
        if (activity !== "running") this.#saving.end();
        presenter.activity(activity, this.#choice !== null);
      },
      notice: (notice) => { presenter.notice(notice); },
      playback: (playback) => { this.#view.transport.follow(playback); },
      level: (peak) => { this.#view.showLevel(peak); },
    };
  }

  /** The page's own policy may be what keeps something from being loaded. */
  #explain(failure: Failure, base: URL): Promise<Failure> {
    return explain(failure, base, workerOf(base, import.meta.url));
  }

  #fail(failure: Failure): void {
    const isNews = this.#presenter.complaint !== failure.message;
    this.#presenter.failed(failure);
    if (isNews) this.#tell("error", failure);
  }

  /** Something was refused, and nothing is stopped by it. */
  #complain(failure: Failure): void {
    this.#view.showFailure(failure);
    this.#tell("error", failure);
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** The site's folder: absolute, ending in "/". */
  #base(): URL {
    const src = this.getAttribute("src");
    if (src === null) return siteOf(import.meta.url);
    const url = URL.parse(src, document.baseURI);
    if (url === null) throw new AppError(badSite(src));
    if (!url.pathname.endsWith("/")) url.pathname += "/";
    return url;
  }
}
