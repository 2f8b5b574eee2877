/** The panel that says what went wrong, what to do about it, and lets the visitor try again. */

import { advice } from "./messages";
import type { Failure } from "./protocol";

/** Null empties the panel and hides it. */
export function showFailure(panel: HTMLElement, failure: Failure | null, retry: () => void): void {
  panel.hidden = failure === null;
  if (failure === null) {
    panel.replaceChildren();
    return;
  }
  const parts = [paragraph("sentence", failure.message), paragraph("advice", advice(failure)), again(retry)];
  if (failure.stack !== "") parts.push(details(failure.stack));
  panel.replaceChildren(...parts);
}

function paragraph(kind: string, text: string): HTMLElement {
  const line = document.createElement("p");
  line.className = kind;
  line.textContent = text;
  return line;
}

function again(retry: () => void): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Try again";
  button.addEventListener("click", retry);
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
