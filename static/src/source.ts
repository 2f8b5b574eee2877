/** What gives frames: a camera, a screen, a video or an image. */

import type { Failure } from "./protocol";

export class SourceFrame {
  constructor(
    readonly image: ImageBitmap | VideoFrame,
    /** Microseconds since the source's first frame; strictly rising. */
    readonly timestamp: number,
  ) {}

  close(): void {
    this.image.close();
  }
}

export interface FrameSink {
  /** Takes the frame over: it must be closed. */
  frame(frame: SourceFrame): void;
  /** Nothing more will come, and nothing is wrong. */
  ended(): void;
  failed(failure: Failure): void;
}

export interface Source {
  /** A still source gives one frame at each {@link again}, any other gives frames until it is closed. */
  readonly still: boolean;
  /** What the visitor should know about it; empty if nothing. */
  readonly notice: string;
  start(sink: FrameSink): void;
  /** Gives the still once more. */
  again(): void;
  /** Stops every track and gives everything back. */
  close(): void;
}

/** What a visitor or a script may choose. */
export type Choice =
  | { kind: "camera" }
  | { kind: "screen" }
  | { kind: "file"; file: Blob; name: string }
  | { kind: "address"; address: string };
