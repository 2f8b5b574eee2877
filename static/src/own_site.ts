/** Where the widget's script came from, and so which site it belongs to. */

/** A build puts its scripts below a folder that is named by their content; see pyweb_ml/bundle/web_assets.py. */
const IN_FOLDER = /(?:page\/[0-9a-f]+\/)?[^/]*$/;

/** The folder of the site that a script of it belongs to: absolute, ending in "/". */
export function siteOf(script: string): URL {
  const site = new URL(script);
  site.pathname = site.pathname.replace(IN_FOLDER, "");
  site.search = site.hash = "";
  return site;
}

/** The worker of a site. That of another build than the script's own has a fixed address, which leads to it. */
export function workerOf(site: URL, script: string): URL {
  const { origin, pathname } = siteOf(script);
  return new URL("worker.js", site.origin === origin && site.pathname === pathname ? script : site);
}
