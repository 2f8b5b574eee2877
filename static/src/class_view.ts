/** Classes with their scores, as bars: one list for each stream that carries them. */

import { fit } from "./fit";
import type { Classification, Value } from "./protocol";

/** Bars that a long list is cut after. */
const MOST = 10;

/** Shows the classes among `values` in `place`, whose rows are used again from frame to frame. */
export function showClasses(place: HTMLElement, values: Readonly<Record<string, Value>>): void {
  const lists = Object.entries(values).filter((entry): entry is [string, Classification[]] => areClasses(entry[1]));
  place.hidden = lists.length === 0;
  fit(place, lists.length, newList);
  lists.forEach(([stream, classes], index) => {
    const list = place.children[index] as HTMLElement;
    list.setAttribute("aria-label", stream);
    fit(list, Math.min(classes.length, MOST), newRow);
    classes.slice(0, MOST).forEach((one, row) => {
      fill(list.children[row]!, one);
    });
  });
}

export function areClasses(value: Value): value is Classification[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => "index" in item && "score" in item);
}

export function className({ label, index }: Classification): string {
  return label === "" ? `class ${index}` : label;
}

function newList(): Element {
  return document.createElement("ol");
}

function newRow(): Element {
  const row = document.createElement("li");
  const meter = document.createElement("meter");
  const percent = document.createElement("output");
  // It changes with every frame: nobody would want to hear that.
  percent.setAttribute("aria-live", "off");
  row.append(document.createElement("span"), meter, percent);
  return row;
}

function fill(row: Element, one: Classification): void {
  const [name, meter, percent] = row.children as unknown as [HTMLElement, HTMLMeterElement, HTMLElement];
  name.textContent = className(one);
  meter.value = one.score;
  meter.setAttribute("aria-label", className(one));
  percent.textContent = `${(one.score * 100).toFixed(1)} %`;
}
