/** Sound as a source: a microphone, or a file's, in the chunks that the app asks for. */

import { mixed, packetsASecond } from "./audio_format";
import { Chunker, type Chunk } from "./chunker";
import { deviceOf } from "./device_return";
import { AppError } from "./failure";
import { badSound, microphoneFailure } from "./media_messages";
import type { AudioFormat } from "./protocol";
import { provedScript } from "./proved_script";
import { SoundFrame, type Device, type FrameSink, type Source } from "./source";

/** As the microphone hears it: what makes speech clearer for people is not what models are trained on. */
const MICROPHONE = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

abstract class AudioSource implements Source {
  readonly still = false;
  /** A gap in a sound is heard, a frame of a video that is left out is hardly seen: a second's packets may wait. */
  readonly maxInQueue: number;
  readonly notice = "";
  readonly playback = null;
  protected readonly context: AudioContext;

  constructor(protected readonly format: AudioFormat) {
    this.maxInQueue = packetsASecond(format);
    this.context = new AudioContext({ sampleRate: format.sample_rate });
  }

  abstract start(sink: FrameSink): void;

  /** Sound is over when it has been heard. */
  again(): void {}

  close(): void {
    if (this.context.state !== "closed") void this.context.close();
  }

  protected give(sink: FrameSink, chunks: readonly Chunk[]): void {
    for (const { sound, timestamp } of chunks) sink.frame(new SoundFrame(sound, timestamp));
  }
}

export class MicrophoneSource extends AudioSource {
  readonly #stream: MediaStream;
  /** Asked for while it is there: once it is pulled out, the browser no longer tells which one it was. */
  readonly #device: Promise<Device>;
  readonly #listening = new AbortController();

  private constructor(stream: MediaStream, format: AudioFormat) {
    super(format);
    this.#stream = stream;
    this.#device = deviceOf("microphone", stream.getAudioTracks()[0]!);
  }

  /** `id`: of the one that it must be; by default the visitor or the browser chooses. */
  static async open(format: AudioFormat, id?: string): Promise<MicrophoneSource> {
    try {
      if (!window.isSecureContext) throw new DOMException("no secure context", "InsecureError");
      const one = id === undefined ? {} : { deviceId: { exact: id } };
      const audio = { ...MICROPHONE, ...one, channelCount: format.channels };
      const source = new MicrophoneSource(await navigator.mediaDevices.getUserMedia({ audio }), format);
      return await source.#prepare();
    } catch (error) {
      throw error instanceof AppError ? error : new AppError(microphoneFailure(error));
    }
  }

  start(sink: FrameSink): void {
    const { signal } = this.#listening;
    const chunker = new Chunker(this.format);
    const recorder = new AudioWorkletNode(this.context, "pywebml-recorder");
    recorder.port.onmessage = ({ data }: MessageEvent<Float32Array[]>) => {
      const samples = mixed(data, this.format.channels);
      sink.level(peak(samples));
      this.give(sink, chunker.push(samples));
    };
    signal.addEventListener("abort", () => { recorder.port.onmessage = null; });
    for (const track of this.#stream.getTracks()) {
      track.addEventListener("ended", () => { void this.#lose(sink); }, { signal });
    }
    // A node that leads nowhere is not run; what it gives is silence.
    this.context.createMediaStreamSource(this.#stream).connect(recorder).connect(this.context.destination);
  }

  override close(): void {
    this.#listening.abort();
    for (const track of this.#stream.getTracks()) track.stop();
    super.close();
  }

  async #lose(sink: FrameSink): Promise<void> {
    sink.deviceLost(await this.#device);
  }

  async #prepare(): Promise<this> {
    try {
      await this.context.audioWorklet.addModule(await provedScript("audio_worklet.js"));
      // Where the browser waits for the visitor first, it goes on by itself after the next press of anything.
      void this.context.resume();
      return this;
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

/** A sound file, or a video's sound, heard while it is processed. */
export class SoundFileSource extends AudioSource {
  readonly #buffer: AudioBuffer;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(buffer: AudioBuffer, format: AudioFormat) {
    super(format);
    this.#buffer = buffer;
  }

  static async open(file: Blob, name: string, format: AudioFormat): Promise<SoundFileSource> {
    return new SoundFileSource(await decodeSound(file, name, format), format);
  }

  start(sink: FrameSink): void {
    const player = this.context.createBufferSource();
    player.buffer = this.#buffer;
    player.connect(this.context.destination);
    player.start();
    this.#next(sink, chunksOf(this.#buffer, this.format), 0, performance.now());
  }

  override close(): void {
    clearTimeout(this.#timer);
    super.close();
  }

  /** Gives each chunk when its last sample has been heard. */
  #next(sink: FrameSink, chunks: readonly Chunk[], index: number, begun: number): void {
    const chunk = chunks[index];
    const { window, sample_rate } = this.format;
    const due = chunk === undefined ? 0 : begun + chunk.timestamp / 1000 + (window / sample_rate) * 1000;
    this.#timer = setTimeout(() => {
      if (chunk === undefined) {
        sink.ended("");
        return;
      }
      sink.level(peak(chunk.sound.data));
      this.give(sink, [chunk]);
      this.#next(sink, chunks, index + 1, begun);
    }, Math.max(due - performance.now(), 0));
  }
}

/** Decoded, and resampled by the browser to the format's rate. */
export async function decodeSound(file: Blob, name: string, format: AudioFormat): Promise<AudioBuffer> {
  const context = new OfflineAudioContext(1, 1, format.sample_rate);
  try {
    return await context.decodeAudioData(await file.arrayBuffer());
  } catch {
    throw new AppError(badSound(name));
  }
}

/** A whole sound in the chunks of the format, the last one filled up with silence. */
export function chunksOf(buffer: AudioBuffer, format: AudioFormat): Chunk[] {
  const planes = Array.from({ length: buffer.numberOfChannels }, (_, channel) => buffer.getChannelData(channel));
  const chunker = new Chunker(format);
  return [...chunker.push(mixed(planes, format.channels)), ...chunker.flush()];
}

function peak(samples: Float32Array): number {
  let most = 0;
  for (const sample of samples) most = Math.max(most, Math.abs(sample));
  return Math.min(most, 1);
}
