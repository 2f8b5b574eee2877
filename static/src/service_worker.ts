/**
 * A built site's service worker, built as sw.js: isolates its page where the host sends no headers for it, and keeps
 * whole builds, so that the page works without a network and never as half of one build and half of another.
 */

import { Answerer } from "./service_worker_answer";
import { buildsOf, Keeper } from "./service_worker_keeping";
import type { FromServiceWorker, ToServiceWorker } from "./service_worker_protocol";
import type { MessageEventOfClient, ServiceWorkerScope } from "./service_worker_scope";
import { isOfSite } from "./service_worker_paths";
import { Store } from "./service_worker_store";

const scope = self as unknown as ServiceWorkerScope;
const folder = scope.registration.scope;
const store = new Store(folder);
const answerer = new Answerer(store, folder);
const keeper = new Keeper(store, folder, () => answerer.calm());
/** One message after the other: what they change is the same state. */
let queue: Promise<void> = Promise.resolve();

scope.addEventListener("install", (event) => { event.waitUntil(scope.skipWaiting()); });
scope.addEventListener("activate", (event) => { event.waitUntil(scope.clients.claim()); });

scope.addEventListener("fetch", (event) => {
  if (answerer.isOwn(event.request)) event.respondWith(answerer.answer(event.request));
});

scope.addEventListener("message", (event) => {
  queue = queue.then(() => receive(event)).catch(() => undefined);
  event.waitUntil(queue);
});

async function receive({ data, source }: MessageEventOfClient): Promise<void> {
  const reply = (message: FromServiceWorker): void => { source?.postMessage(message); };
  const message = data as ToServiceWorker;
  if (message.type === "keep") reply(await keep(message.unneeded));
  else if (message.type === "good") await keeper.approve(message.build);
  else {
    const build = await keeper.rollBack(message.build);
    if (build !== null) reply({ type: "rolled back", build });
  }
}

async function keep(unneeded: string): Promise<FromServiceWorker> {
  try {
    const build = await keeper.keep(unneeded);
    await tidy();
    return { type: "kept", build };
  } catch (error) {
    return { type: "not kept", reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Old builds go once no other tab can run them. */
async function tidy(): Promise<void> {
  const tabs = await scope.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (tabs.filter(({ url }) => isOfSite(url, folder)).length <= 1) await store.retain(buildsOf(await store.state()));
}
