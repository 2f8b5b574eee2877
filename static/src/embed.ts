/**
 * What embed.html has beyond the element: attributes from its address, and messages with the page that embeds it.
 * `source`, `backend` and `controls` in the address are the element's, `origin` is the embedding page's, which may
 * then steer the app; everything else sets the app's controls.
 */

import type { PywebmlApp } from "./element";
import { EmbedPort } from "./embed_port";

const app = document.querySelector<PywebmlApp>("pywebml-app")!;
// What stood there for a page without scripts; the element's own poster takes its place.
app.replaceChildren();
const settings = new URLSearchParams(location.search);
const origins = [location.origin, ...settings.getAll("origin")];
for (const name of ["source", "backend", "controls"]) {
  const value = settings.get(name);
  if (value !== null) app.setAttribute(name, value);
}
for (const name of ["source", "backend", "controls", "origin"]) settings.delete(name);
if (settings.size > 0) app.setAttribute("values", settings.toString());

if (window.parent !== window) {
  const port = new EmbedPort(app, window.parent, origins);
  window.addEventListener("message", (event) => { void port.receive(event); });
}
