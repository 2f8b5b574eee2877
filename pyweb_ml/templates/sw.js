// While an app is developed no service worker keeps it. This one takes the place of what a built site has left at the
// same address, as of another server on the same port, and then goes itself.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(end()));

async function end() {
  await caches.delete(`pywebml-site ${registration.scope}`);
  await registration.unregister();
  for (const client of await clients.matchAll({ type: "window" })) client.navigate(client.url);
}
