/** Writes pictures and sound into a video file: MP4 with H.264 where this browser encodes it, otherwise WebM. */

import type { AudioCodec, BufferTarget, EncodedAudioPacketSource, InputAudioTrack, Output, VideoSampleSource } from "mediabunny";
import { AppError } from "./failure";
import type { Size } from "./image_decoding";
import type { MediaLibrary } from "./media_loading";
import { cannotEncode, sizeChanges, tooSmallForVideo } from "./media_messages";

/** A sound track of another file; its codec is null where it is not known. */
export interface Sound {
  track: InputAudioTrack;
  codec: AudioCodec | null;
}

interface Form {
  ending: "mp4" | "webm";
  codec: "avc" | "vp9" | "vp8" | "av1";
}

/** In the order in which they are tried: what plays nearly everywhere comes first. */
const FORMS: readonly Form[] = [
  { ending: "mp4", codec: "avc" },
  { ending: "webm", codec: "vp9" },
  { ending: "webm", codec: "vp8" },
  { ending: "webm", codec: "av1" },
  // WebM holds Opus and Vorbis only: with AAC from an MP4 it would be silent.
  { ending: "mp4", codec: "vp9" },
];

export class VideoWriter {
  readonly ending: Form["ending"];
  readonly #library: MediaLibrary;
  readonly #target: BufferTarget;
  readonly #output: Output;
  readonly #video: VideoSampleSource;
  readonly #size: Size;

  private constructor(library: MediaLibrary, { ending, codec }: Form, size: Size) {
    this.ending = ending;
    this.#library = library;
    this.#size = { width: size.width, height: size.height };
    this.#target = new library.BufferTarget();
    this.#output = new library.Output({ format: formatOf(library, ending), target: this.#target });
    this.#video = new library.VideoSampleSource({ codec, quality: new library.Quality("high") });
    this.#output.addVideoTrack(this.#video);
  }

  /**
   * A writer of pictures of that size; an odd last row or column is left out. `sound` is wanted beside them.
   *
   * @throws AppError where this browser encodes no video of that size.
   */
  static async open(library: MediaLibrary, size: Size, sound: Sound | null): Promise<VideoWriter> {
    if (Math.min(size.width, size.height) < 2) throw new AppError(tooSmallForVideo(size));
    const even = { width: evenly(size.width), height: evenly(size.height) };
    const forms: Form[] = [];
    for (const form of FORMS) {
      if ((await library.getFirstEncodableVideoCodec([form.codec], even)) !== null) forms.push(form);
    }
    const form = forms.find(({ ending }) => holds(library, ending, sound)) ?? forms[0];
    if (form === undefined) throw new AppError(cannotEncode());
    return new VideoWriter(library, form, size);
  }

  /** Whether the file can have that sound as it is; without one nothing is lacking. */
  holds(sound: Sound | null): boolean {
    return holds(this.#library, this.ending, sound);
  }

  /**
   * Begins the file, and writes the sound beside the pictures, where it can hold it; `written` settles when
   * that is whole.
   */
  async begin(sound: Sound | null): Promise<{ written: Promise<void> }> {
    if (sound?.codec == null || !this.holds(sound)) {
      await this.#output.start();
      return { written: Promise.resolve() };
    }
    const source = new this.#library.EncodedAudioPacketSource(sound.codec);
    this.#output.addAudioTrack(source);
    await this.#output.start();
    return { written: this.#copy(sound.track, source) };
  }

  async #copy(track: InputAudioTrack, source: EncodedAudioPacketSource): Promise<void> {
    const config = await track.getDecoderConfig();
    const packets = new this.#library.EncodedPacketSink(track).packets();
    for await (const packet of packets) await source.add(packet, config === null ? {} : { decoderConfig: config });
    source.close();
  }

  /** Adds a picture at its time, both in seconds; settles when there is room for the next. Closes the picture. */
  async write(image: ImageBitmap, timestamp: number, duration: number): Promise<void> {
    const { width, height } = image;
    const frame = new VideoFrame(image, {
      timestamp: Math.round(timestamp * 1e6),
      duration: Math.round(duration * 1e6),
      visibleRect: { x: 0, y: 0, width: evenly(width), height: evenly(height) },
      alpha: "discard",
    });
    image.close();
    const sample = new this.#library.VideoSample(frame, { timestamp, duration });
    try {
      if (width !== this.#size.width || height !== this.#size.height) {
        throw new AppError(sizeChanges({ width, height }, this.#size));
      }
      await this.#video.add(sample);
    } finally {
      sample.close();
    }
  }

  /** The whole file. */
  async close(): Promise<Blob> {
    await this.#output.finalize();
    return new Blob([this.#target.buffer!], { type: this.ending === "mp4" ? "video/mp4" : "video/webm" });
  }

  /** Gives up what has been written. */
  async cancel(): Promise<void> {
    await this.#output.cancel();
  }
}

function formatOf(library: MediaLibrary, ending: Form["ending"]): Output["format"] {
  return ending === "mp4" ? new library.Mp4OutputFormat() : new library.WebMOutputFormat();
}

function holds(library: MediaLibrary, ending: Form["ending"], sound: Sound | null): boolean {
  if (sound === null) return true;
  return sound.codec !== null && formatOf(library, ending).getSupportedAudioCodecs().includes(sound.codec);
}

function evenly(pixels: number): number {
  return pixels - (pixels % 2);
}
