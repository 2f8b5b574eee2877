/** Detections as tables: one for each stream that carries them. */

import { fit } from "./fit";
import type { Detection, Value } from "./protocol";

/** Rows that a long list is cut after. */
const MOST = 12;

const COLUMNS = ["label", "score", "x", "y", "width", "height"];

/** Shows the detections among `values` in `place`, whose tables are used again from frame to frame. */
export function showDetections(place: HTMLElement, values: Readonly<Record<string, Value>>): void {
  const lists = Object.entries(values).filter((entry): entry is [string, Detection[]] => areDetections(entry[1]));
  place.hidden = lists.length === 0;
  fit(place, lists.length, newTable);
  lists.forEach(([stream, detections], index) => {
    const table = place.children[index] as HTMLTableElement;
    const more = detections.length > MOST ? `, the first ${MOST} of ${detections.length}` : "";
    table.caption!.textContent = stream + more;
    const body = table.tBodies[0]!;
    fit(body, Math.min(detections.length, MOST), newRow);
    detections.slice(0, MOST).forEach((one, row) => { fill(body.rows[row]!, one); });
  });
}

export function areDetections(value: Value): value is Detection[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => "box" in item && "score" in item);
}

function newTable(): Element {
  const table = document.createElement("table");
  table.createCaption();
  const head = table.createTHead().insertRow();
  for (const column of COLUMNS) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = column;
    head.append(cell);
  }
  table.createTBody();
  return table;
}

function newRow(): Element {
  const row = document.createElement("tr");
  for (let count = 0; count < COLUMNS.length; count++) row.insertCell();
  return row;
}

/** Lengths are relative to the image, 0..1. */
function fill(row: HTMLTableRowElement, { label, score, box }: Detection): void {
  const lengths = [box.xmin, box.ymin, box.width, box.height].map((length) => length.toFixed(3));
  const texts = [label === "" ? "detection" : label, `${(score * 100).toFixed(1)} %`, ...lengths];
  texts.forEach((text, column) => { row.cells[column]!.textContent = text; });
}
