/** Payloads as the page's script sees them. */

import type { TensorValue } from "./engines/engine";
import { Image, Mask } from "./image";
import { toImageData } from "./pixels";
import type { Value } from "./protocol";

/** A copy of a payload of the stream type `type`, for the page. */
export async function toValue(type: string, payload: unknown): Promise<Value> {
  if (payload instanceof Image) return createImageBitmap(toImageData(payload), { premultiplyAlpha: "none" });
  if (payload instanceof Mask) {
    return { width: payload.width, height: payload.height, data: payload.data.slice() };
  }
  if (type === "Tensor" || type === "Audio") return tensor(payload as TensorValue);
  if (type === "Tensors") return [...(payload as Iterable<TensorValue>)].map(tensor);
  return payload as Value;
}

function tensor({ shape, data }: TensorValue): { shape: number[]; data: TensorValue["data"] } {
  return { shape: [...shape], data: data.slice() };
}

/** What of a value travels by transfer. */
export function transferables(values: Iterable<Value>): Transferable[] {
  const moved: Transferable[] = [];
  for (const value of values) if (value instanceof ImageBitmap) moved.push(value);
  return moved;
}
