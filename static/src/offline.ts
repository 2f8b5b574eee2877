/** The page's part in keeping a site for use without a network; the service worker does the work. */

import type { PywebmlApp } from "./element";
import { chooseBuild } from "./engine_build";
import type { Failure } from "./protocol";
import type { FromServiceWorker, ToServiceWorker } from "./service_worker_protocol";

/** Milliseconds after which a page that nobody starts is kept all the same, unless it is still loading. */
const NOBODY = 10_000;

const ROLLED_BACK = "pywebml-rolled-back";

/** Keeps the site once the visitor has got a result and Python has started, and tells the service worker which builds run here. */
export function keepOffline(app: PywebmlApp, script: string, build: string): void {
  if (!isSecureContext || !("serviceWorker" in navigator)) return;
  const container = navigator.serviceWorker;
  container.addEventListener("message", ({ data }: MessageEvent<FromServiceWorker>) => { receive(data); });
  const worker = once(() => registered(script));
  const keep = once(async () => { tell(await worker(), { type: "keep", unneeded: unneeded() }); });
  // Python, which the visitor waits for, has the line first. Where the element's script is missing, nothing loads.
  const keepAfter = async (): Promise<void> => {
    await Promise.resolve(app.ready as Promise<void> | undefined).catch(() => undefined);
    await keep();
  };
  setTimeout(() => { void keepAfter(); }, NOBODY);
  const shown = async (): Promise<void> => {
    await keepAfter();
    tell(await worker(), { type: "good", build });
  };
  app.addEventListener("result", () => { void shown(); }, { once: true });
  app.addEventListener("error", (event) => {
    const { name } = (event as unknown as CustomEvent<Failure>).detail;
    const isChosen = !["auto", null].includes(app.getAttribute("backend"));
    // A backend that somebody has named need not run here.
    if (!isChosen && (name === "ModelError" || name === "UnsupportedError")) tell(container.controller, { type: "bad", build });
  });
}

/** Whether the build before this one runs, because this one does not run here. */
export function isRolledBack(): boolean {
  try {
    const is = sessionStorage.getItem(ROLLED_BACK) !== null;
    sessionStorage.removeItem(ROLLED_BACK);
    return is;
  } catch {
    return false;
  }
}

function receive(message: FromServiceWorker): void {
  const { dataset } = document.documentElement;
  if (message.type === "kept") dataset["offline"] = message.build;
  else if (message.type === "not kept") dataset["notKept"] = message.reason;
  else reloadInto();
}

function reloadInto(): void {
  try {
    sessionStorage.setItem(ROLLED_BACK, "1");
    location.reload();
  } catch {
    // The error stays on the page; the last good build runs on the next visit.
  }
}

async function registered(script: string): Promise<ServiceWorker | null> {
  try {
    await navigator.serviceWorker.register(script, { updateViaCache: "none" });
    return (await navigator.serviceWorker.ready).active;
  } catch {
    // As in a private window: the page works, with the network.
    return null;
  }
}

function tell(worker: ServiceWorker | null, message: ToServiceWorker): void {
  worker?.postMessage(message);
}

/** LiteRT's builds for browsers other than this one. */
function unneeded(): string {
  return `/litert/(?!${chooseBuild().file}\\.)`;
}

function once<T>(action: () => Promise<T>): () => Promise<T> {
  let done: Promise<T> | undefined;
  return () => (done ??= action());
}
