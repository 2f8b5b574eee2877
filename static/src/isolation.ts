/** Cross-origin isolation, the condition for threads, on hosts that do not send its headers: by the service worker. */

import { Deferred } from "./deferred";
import { NOT_ISOLATED } from "./protocol";

/** Milliseconds that the service worker may take to start, before the page goes on with one thread. */
const PATIENCE = 4000;

/** Milliseconds within which a second reload would be a loop. */
const AGAIN = 10_000;

const RELOADED = "pywebml-reloaded";

/** Attribute of the element, `data-one-thread`, by which the page says why it could not be isolated. */
export const REASON = "oneThread";

/** Why this page is not isolated, in one line; empty where it is. `found`: what the page's own attempt came to. */
export function whyNotIsolated(found: string | undefined): string {
  if (crossOriginIsolated) return "";
  if (found !== undefined && found !== "") return found;
  if (!isSecureContext) return "it is not secure; open it over https";
  if (window !== window.top) return "it is embedded in a page that is not, or that does not allow it";
  return "its host does not send the headers COOP and COEP";
}

/** A backend's reason, with the page's own where that is what keeps it to one thread. */
export function explained(reason: string, found: string | undefined): string {
  return reason.replace(NOT_ISOLATED, () => `${NOT_ISOLATED}: ${whyNotIsolated(found)}`);
}

/**
 * Has the service worker isolate the page.
 *
 * @returns "reloading" where the page is about to come again; else why it stays as it is, empty if it is isolated.
 */
export async function isolate(script: string): Promise<string> {
  if (crossOriginIsolated) return "";
  if (!isSecureContext || window !== window.top) return whyNotIsolated("");
  if (!("serviceWorker" in navigator)) return "this browser offers no service worker here, as in a private window";
  if (navigator.serviceWorker.controller !== null) return "the browser does not isolate it";
  try {
    await activated(await navigator.serviceWorker.register(script, { updateViaCache: "none" }));
  } catch (error) {
    return `the service worker '${script}' does not start (${error instanceof Error ? error.message : String(error)})`;
  }
  if (!mayReload()) return "the browser keeps the service worker from it";
  location.reload();
  return "reloading";
}

async function activated(registration: ServiceWorkerRegistration): Promise<void> {
  const late = new Deferred<never>();
  const timer = setTimeout(() => { late.reject(new Error(`nothing for ${PATIENCE / 1000} s`)); }, PATIENCE);
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  await Promise.race([late.promise, worker === null ? late.promise : isActive(worker)]);
  clearTimeout(timer);
}

function isActive(worker: ServiceWorker): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = (): void => {
      if (worker.state === "activated") resolve();
      if (worker.state === "redundant") reject(new Error("the browser gave it up"));
    };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** Where nothing can be stored, a loop could not be told from a first visit. */
function mayReload(): boolean {
  try {
    const before = Number(sessionStorage.getItem(RELOADED) ?? 0);
    sessionStorage.setItem(RELOADED, Date.now().toString());
    return Date.now() - before > AGAIN;
  } catch {
    return false;
  }
}
