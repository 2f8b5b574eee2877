/** Sound as an app takes it, as its manifest states it: the twin of pyweb_ml/graph/audio.py. */

import { AppError } from "./failure";
import { badManifest } from "./messages";
import type { AudioFormat } from "./protocol";

/** Null where the app takes no sound; `address` is where the manifest came from, for the error. */
export function readAudioFormat(manifest: unknown, address: string): AudioFormat | null {
  const { audio } = manifest as { audio?: unknown };
  if (audio === undefined || audio === null) return null;
  const { sample_rate, window, hop, channels } = audio as Partial<AudioFormat>;
  const isWhole = [sample_rate, window, hop, channels].every((one) => Number.isSafeInteger(one) && one! > 0);
  if (!isWhole || hop! > window! || channels! > 2) throw new AppError(badManifest(address, "'audio' is no format"));
  return audio as AudioFormat;
}

/** Samples in all packets that wait, at most (16 MB): long packets at short steps would fill the memory. */
const MOST_WAITING = 1 << 22;

/** How many packets begin within a second, at least 1; of very long ones, as many as there is room for to wait. */
export function packetsASecond({ sample_rate, window, hop, channels }: AudioFormat): number {
  const room = Math.floor(MOST_WAITING / (window * channels));
  return Math.max(1, Math.min(Math.ceil(sample_rate / hop), room));
}

/** Samples, frame by frame, out of planes of channels: 1 is the mean of all, 2 the first two, or one twice. */
export function mixed(planes: readonly Float32Array[], channels: number): Float32Array {
  const length = planes[0]?.length ?? 0;
  const samples = new Float32Array(length * channels);
  if (channels === 1) {
    for (const plane of planes) for (let at = 0; at < length; at += 1) samples[at]! += plane[at]! / planes.length;
    return samples;
  }
  for (let channel = 0; channel < channels; channel += 1) {
    const plane = planes[Math.min(channel, planes.length - 1)]!;
    for (let at = 0; at < length; at += 1) samples[at * channels + channel] = plane[at]!;
  }
  return samples;
}
