/**
 * Which addresses are those of a site's own files. A service worker is asked for everything below its folder, and at
 * the root of a host, say, other pages may lie there, which the site's policy and isolation would break.
 */

/** What lies in the site's folder itself, in every build; "" is index.html, too. */
const TOP = [
  ...["", "index.html", "embed.html", "manifest.json", "graph.json", "widget.js", "worker.js"],
  ...["app.webmanifest", "icon-192.png", "icon-512.png"],
];

/** All else lies in folders, with a digest in each path: IMMUTABLE_FOLDERS in pyweb_ml/bundle/hosting.py. */
const BELOW = /^(?:engine|models|page|python|samples)\/.*[0-9a-f]{16}/;

/** `scope`: the address of the site's folder, ending in "/". */
export function isOfSite(address: string, scope: string): boolean {
  if (!address.startsWith(scope)) return false;
  const path = new URL(address).pathname.slice(new URL(scope).pathname.length);
  return TOP.includes(path) || BELOW.test(path);
}
