/** Values as a person reads them, a line or a few for each stream. */

import { areClasses, className } from "./class_view";
import type { Detection, Value } from "./protocol";

/** Lines that a long list is cut after. */
const MOST = 12;

/** Images are seen on the canvas, so they are left out. */
export function valuesText(values: Readonly<Record<string, Value>>): string {
  const streams = Object.entries(values).filter(([, value]) => !isBitmap(value));
  return streams.map(([stream, value]) => `${stream}: ${valueText(value)}`).join("\n");
}

function valueText(value: Value): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return Number(value.toPrecision(6)).toString();
  if (areClasses(value)) return value.map((one) => `${className(one)} ${(one.score * 100).toFixed(1)} %`).join(", ");
  if (Array.isArray(value)) return listText(value);
  if (isBitmap(value)) return `${value.width} × ${value.height}`;
  if ("shape" in value) return `tensor of ${value.shape.join(" × ")}`;
  return `mask of ${value.width} × ${value.height}`;
}

function listText(list: readonly object[]): string {
  if (list.length === 0) return "none";
  const lines = list.slice(0, MOST).map((item) => `\n  ${isDetection(item) ? detectionText(item) : plainText(item)}`);
  const more = list.length > MOST ? `\n  and ${list.length - MOST} more` : "";
  return lines.join("") + more;
}

function detectionText({ label, score, box }: Detection): string {
  const [x, y, width, height] = [box.xmin, box.ymin, box.width, box.height].map((number) => number.toFixed(3));
  const name = label === "" ? "detection" : label;
  return `${name} ${(score * 100).toFixed(1)} %  x ${x!}  y ${y!}  width ${width!}  height ${height!}`;
}

function plainText(item: object): string {
  return Object.entries(item)
    .map(([name, value]) => `${name} ${typeof value === "number" ? value.toFixed(3) : String(value)}`)
    .join("  ");
}

function isDetection(item: object): item is Detection {
  return "box" in item && "score" in item && "label" in item;
}

function isBitmap(value: Value): value is ImageBitmap {
  return typeof ImageBitmap === "function" && value instanceof ImageBitmap;
}
