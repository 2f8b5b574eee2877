/** The panel that says what went wrong, what to do about it, and lets the visitor try again or close it. */

import { advice } from "./messages";
import type { Failure } from "./protocol";

/** What the visitor can do about it: try again what was stopped, or close what was only refused. */
export type Remedy = "Try again" | "Close";

/** Null empties the panel and hides it. */
export function showFailure(panel: HTMLElement, failure: Failure | null, remedy: Remedy, act: () => void): void {
  panel.hidden = failure === null;
  if (failure === null) {
    panel.replaceChildren();
    return;
  }
  const parts = [paragraph("sentence", failure.message), paragraph("advice", advice(failure)), button(remedy, act)];
  if (failure.stack !== "") parts.push(details(failure.stack));
  panel.replaceChildren(...parts);
}

function paragraph(kind: string, text: string): HTMLElement {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  return line;
}

function button(remedy: Remedy, act: () => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = remedy;
  button.addEventListener("click", act);
  return button;
}

function details(stack: string): HTMLElement {
  const box = document.createElement("details");
  const summary = document.createElement("summary");
  const text = document.createElement("pre");
  summary.textContent = "Details";
  text.textContent = stack;
  text.tabIndex = 0;
  box.append(summary, text);
  return box;
}
