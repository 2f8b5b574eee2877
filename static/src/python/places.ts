/** Where things are in Pyodide's file system; a snapshot and the page that restores it must agree on it. */

export const PLACES = {
  packages: "/lib/python3.14/site-packages",
  app: "/home/pyodide",
} as const;

/** The module of ours that the page talks to: pyweb_ml/page.py. */
export const PAGE_MODULE = "pyweb_ml.page";
