/** A video file through the graph into a new video file: every frame, in order, none dropped, each at its time. */

import type { Input, InputVideoTrack, VideoSample } from "mediabunny";
import { AppError } from "./failure";
import type { JobOptions, JobResult, Process } from "./job";
import { loadMediaLibrary, type MediaLibrary } from "./media_loading";
import { cannotEncode, noPicture, soundLeftOut } from "./media_messages";
import { badVideo } from "./messages";
import { VideoWriter, type Sound } from "./video_writer";

/** The file's name: "clip.mp4" gives "clip-output.mp4". */
export interface ExportedVideo extends JobResult {
  frames: number;
}

/**
 * The first Image output for every frame of a video, with the video's own sound. The graph's timestamps are
 * microseconds from the first frame, as on the desktop; the new file has the old one's times.
 *
 * @throws AppError where the browser lacks WebCodecs or an encoder, the file is no video that it decodes, or the graph
 *   fails or gives no picture; the signal's reason once that is aborted.
 */
export async function exportVideo(file: File, process: Process, options: JobOptions): Promise<ExportedVideo> {
  if (typeof VideoEncoder !== "function" || typeof VideoDecoder !== "function") throw new AppError(cannotEncode());
  const library = await loadMediaLibrary();
  const { BlobSource, Input, MATROSKA, MP4, QTFF, WEBM } = library;
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, WEBM, MATROSKA] });
  try {
    const tracks = await tracksOf(input, file.name);
    return await new VideoExport(library, tracks, file.name, process, options).run();
  } finally {
    input.dispose();
  }
}

interface Tracks {
  video: InputVideoTrack;
  sound: Sound | null;
}

async function tracksOf(input: Input, name: string): Promise<Tracks> {
  try {
    const video = await input.getPrimaryVideoTrack();
    if (video !== null && (await video.canDecode())) return { video, sound: await soundOf(input) };
  } catch {
    // Whatever it stumbled over: the file is none that it can read.
  }
  throw new AppError(badVideo(name));
}

async function soundOf(input: Input): Promise<Sound | null> {
  const track = await input.getPrimaryAudioTrack();
  return track && { track, codec: await track.getCodec() };
}

class VideoExport {
  #writer: VideoWriter | null = null;
  #sound: Promise<void> = Promise.resolve();
  #first = 0;

  constructor(
    private readonly library: MediaLibrary,
    private readonly tracks: Tracks,
    private readonly name: string,
    private readonly process: Process,
    private readonly options: JobOptions,
  ) {}

  async run(): Promise<ExportedVideo> {
    try {
      const frames = await this.writeAll();
      await this.#sound;
      if (this.#writer === null) throw new AppError(badVideo(this.name));
      const blob = await this.#writer.close();
      const stem = this.name.replace(/\.[^.]*$/, "");
      const file = new File([blob], `${stem}-output.${this.#writer.ending}`, { type: blob.type });
      const notice = this.#writer.holds(this.tracks.sound) ? "" : soundLeftOut(this.#writer.ending);
      return { file, frames, notice };
    } catch (error) {
      await this.#writer?.cancel().catch(() => undefined);
      throw error;
    }
  }

  private async writeAll(): Promise<number> {
    const { signal, progress } = this.options;
    const { packetCount: total } = await this.tracks.video.computePacketStats();
    let done = 0;
    for await (const sample of this.samples()) {
      signal.throwIfAborted();
      progress({ name: this.name, done, total });
      await this.write(sample, done === 0);
      done += 1;
    }
    progress({ name: this.name, done, total });
    return done;
  }

  /** The frames, decoded ahead of what is asked for. (What fails where they are used is not caught here.) */
  private async *samples(): AsyncGenerator<VideoSample> {
    try {
      for await (const sample of new this.library.VideoSampleSink(this.tracks.video).samples()) {
        try {
          yield sample;
        } finally {
          sample.close();
        }
      }
    } catch {
      throw new AppError(badVideo(this.name));
    }
  }

  private async write(sample: VideoSample, isFirst: boolean): Promise<void> {
    if (isFirst) this.#first = sample.microsecondTimestamp;
    const values = await this.process(upright(sample), sample.microsecondTimestamp - this.#first);
    const image = Object.values(values).find((value) => value instanceof ImageBitmap);
    if (image === undefined) throw new AppError(noPicture());
    this.#writer ??= await this.begin(image);
    await this.#writer.write(image, sample.timestamp, sample.duration);
  }

  private async begin(image: ImageBitmap): Promise<VideoWriter> {
    const { sound } = this.tracks;
    const writer = await VideoWriter.open(this.library, image, sound);
    this.#sound = (await writer.begin(sound)).written;
    // It is awaited when the pictures are done; until then a failure is not unhandled.
    this.#sound.catch(() => undefined);
    return writer;
  }
}

/** A frame as it is seen: phones store films lying down, with a note of how to turn them. */
function upright(sample: VideoSample): VideoFrame {
  if (sample.rotation === 0 && !sample.flip) return sample.toVideoFrame();
  const canvas = new OffscreenCanvas(sample.displayWidth, sample.displayHeight);
  sample.draw(canvas.getContext("2d")!, 0, 0);
  return new VideoFrame(canvas, { timestamp: sample.microsecondTimestamp });
}
