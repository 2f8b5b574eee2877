/** A `<video>` as a source of frames, whatever feeds it: a camera, a shared screen or a file. */

import { AppError, toFailure } from "./failure";
import { screenEnded } from "./media_messages";
import { badVideo, cameraFailure, screenFailure } from "./messages";
import type { Failure } from "./protocol";
import { RisingClock } from "./rising_clock";
import { ImageFrame, type FrameSink, type Source } from "./source";

/** Enough for models of a few hundred pixels; a camera that has no such mode gives its nearest. */
const CAMERA: MediaTrackConstraints = { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "user" };

export class VideoSource implements Source {
  readonly still = false;
  readonly maxInQueue = 1;
  readonly notice = "";
  readonly #video = document.createElement("video");
  readonly #clock = new RisingClock();
  readonly #listening = new AbortController();
  #sink: FrameSink | null = null;
  #handle = 0;
  #closed = false;

  private constructor() {
    this.#video.muted = true;
    this.#video.playsInline = true;
    this.#video.loop = true;
    this.#video.crossOrigin = "anonymous";
  }

  /** `id`: of the one that it must be; by default the visitor or the browser chooses. */
  static async camera(id?: string): Promise<VideoSource> {
    const video = id === undefined ? CAMERA : { ...CAMERA, deviceId: { exact: id } };
    const ask = (): Promise<MediaStream> => navigator.mediaDevices.getUserMedia({ video, audio: false });
    return VideoSource.#ofStream(await capture(ask, cameraFailure), cameraFailure);
  }

  static async screen(): Promise<VideoSource> {
    const share = (): Promise<MediaStream> => navigator.mediaDevices.getDisplayMedia({ video: true, audio: false });
    return VideoSource.#ofStream(await capture(share, screenFailure), screenFailure);
  }

  /** `address` may be a blob's; `name` is what failures call it. */
  static async address(address: string, name: string): Promise<VideoSource> {
    const source = new VideoSource();
    source.#video.src = address;
    return source.#play(() => badVideo(name));
  }

  static async #ofStream(stream: MediaStream, explain: (error: unknown) => Failure): Promise<VideoSource> {
    const source = new VideoSource();
    source.#video.srcObject = stream;
    return source.#play(explain);
  }

  /** A stream cannot be paused. */
  get playback(): HTMLVideoElement | null {
    return this.#video.srcObject === null ? this.#video : null;
  }

  start(sink: FrameSink): void {
    this.#sink = sink;
    const { signal } = this.#listening;
    for (const track of this.#tracks()) track.addEventListener("ended", () => { this.#lose(sink, track); }, { signal });
    this.#video.addEventListener("error", () => { sink.failed(badVideo(this.#video.currentSrc)); }, { signal });
    this.#next(sink);
  }

  /** Where it runs, the next frame comes anyway. */
  again(): void {
    if (this.#sink === null || !this.#video.paused) return;
    void this.#give(this.#sink, this.#clock.next(this.#video.currentTime));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#listening.abort();
    this.#video.cancelVideoFrameCallback(this.#handle);
    this.#video.pause();
    for (const track of this.#tracks()) track.stop();
    if (this.#video.src.startsWith("blob:")) URL.revokeObjectURL(this.#video.src);
    this.#video.srcObject = null;
    this.#video.removeAttribute("src");
    this.#video.load();
  }

  async #play(explain: (error: unknown) => Failure): Promise<this> {
    try {
      await this.#video.play();
      // A file with sound and no picture plays happily, and would never give a frame.
      if (this.#video.videoWidth === 0) throw new DOMException("there is no picture in it", "NotSupportedError");
      return this;
    } catch (error) {
      this.close();
      throw new AppError(explain(error));
    }
  }

  #next(sink: FrameSink): void {
    this.#handle = this.#video.requestVideoFrameCallback((now, metadata) => {
      if (this.#closed) return;
      const live = this.#video.srcObject !== null;
      void this.#give(sink, this.#clock.next(live ? now / 1000 : metadata.mediaTime));
      this.#next(sink);
    });
  }

  async #give(sink: FrameSink, timestamp: number): Promise<void> {
    try {
      const image = await grab(this.#video, timestamp);
      if (this.#closed) image.close();
      else sink.frame(new ImageFrame(image, timestamp));
    } catch (error) {
      if (!this.#closed) sink.failed(toFailure(error));
    }
  }

  #lose(sink: FrameSink, track: MediaStreamTrack): void {
    // Whoever stops sharing a screen does so on purpose.
    const { displaySurface, deviceId = "" } = track.getSettings();
    if (displaySurface !== undefined) sink.ended(screenEnded());
    else sink.deviceLost({ kind: "camera", id: deviceId });
  }

  #tracks(): MediaStreamTrack[] {
    const stream = this.#video.srcObject;
    return stream instanceof MediaStream ? stream.getTracks() : [];
  }
}

async function capture(
  ask: () => Promise<MediaStream>,
  explain: (error: unknown) => Failure,
): Promise<MediaStream> {
  try {
    if (!window.isSecureContext) throw new DOMException("no secure context", "InsecureError");
    return await ask();
  } catch (error) {
    throw new AppError(explain(error));
  }
}

/** A VideoFrame is a reference to the decoder's memory; where there is none, a copy will do. */
async function grab(video: HTMLVideoElement, timestamp: number): Promise<VideoFrame | ImageBitmap> {
  return typeof VideoFrame === "function" ? new VideoFrame(video, { timestamp }) : createImageBitmap(video);
}
