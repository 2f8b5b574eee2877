/**
 * What a built site's own page has beyond the element: threads and a copy to use offline, by the service worker;
 * files may be dropped anywhere; `?backend=` names one, `?fresh` forgets the copy.
 */

import { acceptDrops } from "./drop_target";
import { startEarly } from "./early_worker";
import type { PywebmlApp } from "./element";
import { isolate, REASON } from "./isolation";
import { isRolledBack, keepOffline } from "./offline";
import { workerOf } from "./own_site";
import { FROM_ADDRESS, givenSettings } from "./page_settings";
import { isStyled, loadWidget, showTrouble } from "./page_trouble";

const html = document.documentElement;
const { build = "", serviceWorker } = html.dataset;
const app = document.querySelector<PywebmlApp>("pywebml-app")!;

// For page.css, which else says after a while that this script is missing.
html.dataset["page"] = "loaded";
void begin();

async function begin(): Promise<void> {
  prepare();
  if (serviceWorker !== undefined) {
    const found = await isolate(serviceWorker);
    // Nothing heavy has been fetched yet.
    if (found === "reloading") return;
    app.dataset[REASON] = found;
    keepOffline(app, serviceWorker, build);
  }
  startEarly(app, html.dataset, workerOf(new URL("./", document.baseURI), import.meta.url));
  await loadWidget();
  // What stood there for a page without scripts; the element's own poster invites to choose a source.
  if (customElements.get("pywebml-app") !== undefined) app.replaceChildren();
  if (isRolledBack()) showTrouble("The newest version does not run on this device; this is the last one that did.");
  if (!isStyled()) showTrouble("The site's 'page.css' is missing or damaged; reload, or build the site again.");
}

function prepare(): void {
  const address = new URL(location.href);
  const backend = address.searchParams.get("backend");
  if (backend !== null) app.setAttribute("backend", backend);
  const settings = givenSettings(address.searchParams);
  app.dataset[FROM_ADDRESS] = "";
  if (settings !== null) app.setAttribute("values", settings);
  if (address.searchParams.has("fresh")) {
    address.searchParams.delete("fresh");
    history.replaceState(null, "", address);
  }
  acceptDrops(document, { take, takeAll, over }, new AbortController().signal);
}

function takeAll(files: readonly File[]): void {
  // As for take.
  app.processFiles(files).catch(() => undefined);
}

function take(file: File): void {
  // The element reports what is wrong with a file.
  app.open(file).catch(() => undefined);
}

function over(is: boolean): void {
  html.classList.toggle("dropping", is);
}
