/** What a session asks of the element, and tells it. */

import type { ConnectionOptions } from "./connection";
import type { AudioFormat, Failure, Ready, Result, Settings, Status } from "./protocol";
import type { Device } from "./source";

export interface SessionOptions extends ConnectionOptions {
  /** What the controls show; asked for with each frame of a source. */
  settings: () => Settings | Promise<Settings>;
  /** How the sound that the app takes is cut into packets; null where it takes images. */
  audio: () => Promise<AudioFormat | null>;
}

/**
 * "shown": a still has gone through, and nothing more is to come of it. "working": at a job, on files. "camera out",
 * "microphone out": waiting for one that was pulled out, which the element does, not the session.
 */
export type Activity = "idle" | "opening" | "running" | "shown" | "working" | `${Device["kind"]} out`;

export interface SessionEvents {
  status(status: Status): void;
  ready(ready: Ready): void;
  result(result: Result): void;
  failed(failure: Failure): void;
  /** What ran was pulled out or taken away; {@link failed} follows. */
  deviceLost(device: Device): void;
  activity(activity: Activity): void;
  /** Something the visitor should know; empty: no longer. */
  notice(notice: string): void;
  /** What plays, pauses and seeks from now on; null: nothing. */
  playback(playback: HTMLVideoElement | null): void;
  /** How loud the sound of the source is, 0..1. */
  level(peak: number): void;
}
