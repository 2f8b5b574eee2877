/** What gives frames: a camera, a screen, a video or an image; a microphone or a sound file. */

import type { Failure, Tensor } from "./protocol";

export class ImageFrame {
  constructor(
    readonly image: ImageBitmap | VideoFrame,
    /** Microseconds since the source's first frame; strictly rising. */
    readonly timestamp: number,
  ) {}

  close(): void {
    this.image.close();
  }
}

export class SoundFrame {
  readonly image = null;

  constructor(
    /** Shape [samples, channels]. */
    readonly sound: Tensor,
    /** Microseconds since the source's first sample; strictly rising. */
    readonly timestamp: number,
  ) {}

  close(): void {
    // It lies in memory that JavaScript collects.
  }
}

export type SourceFrame = ImageFrame | SoundFrame;

export interface FrameSink {
  /** Takes the frame over: it must be closed. */
  frame(frame: SourceFrame): void;
  /** How loud it is now: the largest sample, 0..1. */
  level(peak: number): void;
  /** Nothing more will come, and nothing is wrong; `notice` says to the visitor what has happened. */
  ended(notice: string): void;
  failed(failure: Failure): void;
  /** What it runs on was pulled out, or taken away. */
  deviceLost(device: Device): void;
}

export interface Source {
  /** A still source gives one frame at each {@link again}, any other gives frames until it is closed. */
  readonly still: boolean;
  /** How many of its frames may wait while the graph is busy, before the oldest is dropped: at least 1. */
  readonly maxInQueue: number;
  /** What the visitor should know about it; empty if nothing. */
  readonly notice: string;
  /** What plays, pauses and seeks, where it is a video file. */
  readonly playback: HTMLVideoElement | null;
  start(sink: FrameSink): void;
  /** Gives the still, or the frame at which a video is paused, once more. */
  again(): void;
  /** Stops every track and gives everything back. */
  close(): void;
}

/** What a source runs on, that can be pulled out. */
export interface Device {
  kind: "camera" | "microphone";
  /** As `enumerateDevices()` lists it; empty where the browser tells none. */
  id: string;
}

/** What a visitor or a script may choose. */
export type Choice =
  | { kind: "camera"; /** Where it must be this one and no other. */ id?: string }
  | { kind: "microphone"; /** As of a camera. */ id?: string }
  | { kind: "screen" }
  | { kind: "file"; file: Blob; name: string }
  | { kind: "address"; address: string };

/** Whether it gives no frame of its own accord. */
export function rests({ still, playback }: Source): boolean {
  return still || playback?.paused === true;
}
