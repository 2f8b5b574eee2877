/** Values without a view of their own, as a person reads them: a line or a few for each stream. */

import { areClasses } from "./class_view";
import { areDetections } from "./detections_view";
import { isFact } from "./facts_view";
import type { Mask, Tensor, Value } from "./protocol";

/** Lines that a long list is cut after. */
const MOST = 12;

type Plain = Mask | Tensor | object[];

/** Images are seen on the canvas, and texts, numbers, classes and detections in views of their own. */
export function valuesText(values: Readonly<Record<string, Value>>): string {
  const streams = Object.entries(values).filter((entry): entry is [string, Plain] => isPlain(entry[1]));
  return streams.map(([stream, value]) => `${stream}: ${valueText(value)}`).join("\n");
}

function isPlain(value: Value): value is Plain {
  return !isFact(value) && !areClasses(value) && !areDetections(value) && !isBitmap(value);
}

function valueText(value: Plain): string {
  if (Array.isArray(value)) return listText(value);
  if ("shape" in value) return `tensor of ${value.shape.join(" × ")}`;
  return `mask of ${value.width} × ${value.height}`;
}

function listText(list: readonly object[]): string {
  if (list.length === 0) return "none";
  const lines = list.slice(0, MOST).map((item) => `\n  ${itemText(item)}`);
  const more = list.length > MOST ? `\n  and ${list.length - MOST} more` : "";
  return lines.join("") + more;
}

function itemText(item: object): string {
  return Object.entries(item)
    .map(([name, value]) => `${name} ${typeof value === "number" ? value.toFixed(3) : String(value)}`)
    .join("  ");
}

function isBitmap(value: Value): value is ImageBitmap {
  return typeof ImageBitmap === "function" && value instanceof ImageBitmap;
}
