/** Packets as JSON lines, as pyweb_ml/runner/packets.py writes them: {"timestamp": microseconds, "stream", "value"}. */

import type { Mask, Tensor, Value } from "./protocol";

export interface Packet {
  timestamp: number;
  stream: string;
  value: Value;
}

/** One packet as a line of JSON, without the line's end; `image` is what is said of an ImageBitmap beside its size. */
export function packetLine({ timestamp, stream, value }: Packet, image: object = {}, before: object = {}): string {
  return JSON.stringify({ ...before, timestamp, stream, value: toJson(value, image) });
}

function toJson(value: Value, image: object): unknown {
  if (value instanceof ImageBitmap) return { width: value.width, height: value.height, ...image };
  if (Array.isArray(value)) return value.map((one) => (isArray(one) ? plain(one) : one));
  return isArray(value) ? plain(value) : value;
}

function isArray(value: unknown): value is Mask | Tensor {
  return typeof value === "object" && value !== null && "data" in value && ArrayBuffer.isView(value.data);
}

function plain(value: Mask | Tensor): object {
  return { ...value, data: Array.from(value.data) };
}
