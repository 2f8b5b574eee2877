/** Texts, numbers, and yes or no: a line for each stream that carries one. */

import { fit } from "./fit";
import type { Value } from "./protocol";

export type Fact = string | number | boolean;

/** Shows the facts among `values` in `place`, a `dl`, whose lines are used again from frame to frame. */
export function showFacts(place: HTMLElement, values: Readonly<Record<string, Value>>): void {
  const facts = Object.entries(values).filter((entry): entry is [string, Fact] => isFact(entry[1]));
  place.hidden = facts.length === 0;
  fit(place, facts.length, newLine);
  facts.forEach(([stream, fact], index) => {
    const [name, text] = place.children[index]!.children as unknown as [HTMLElement, HTMLElement];
    name.textContent = stream;
    text.textContent = factText(fact);
    text.className = typeof fact;
  });
}

export function isFact(value: Value): value is Fact {
  return ["string", "number", "boolean"].includes(typeof value);
}

function factText(fact: Fact): string {
  if (typeof fact === "boolean") return fact ? "yes" : "no";
  return typeof fact === "number" ? Number(fact.toPrecision(6)).toString() : fact;
}

/** HTML lets a `dl` group its lines with `div`. */
function newLine(): Element {
  const line = document.createElement("div");
  line.append(document.createElement("dt"), document.createElement("dd"));
  return line;
}
