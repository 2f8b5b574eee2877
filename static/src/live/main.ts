/** Puts the panel below the app; the development server adds this script to the pages that it serves. */

import { LivePanel } from "./panel";
import type { PywebmlApp } from "../element";

const address = document.querySelector<HTMLScriptElement>("script[data-graph]")?.dataset["graph"] ?? "";
const app = document.querySelector<PywebmlApp>("pywebml-app");

async function draw(closed: readonly string[]): Promise<string> {
  const answer = await fetch(`${address}?${new URLSearchParams(closed.map((path) => ["closed", path]))}`);
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text;
}

// A panel that was open listens at once, and the element's script may come after this one.
void customElements.whenDefined("pywebml-app").then(() => {
  if (app) (app.closest("main") ?? app).after(new LivePanel(app, draw).element);
});
