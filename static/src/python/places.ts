/** What Python finds around it; a snapshot and the page that restores it must agree on it. */

/** Where things are in Pyodide's file system. */
export const PLACES = {
  stdlib: "/lib/python314.zip",
  packages: "/lib/python3.14/site-packages",
  app: "/home/pyodide",
} as const;

/** What Pyodide would else take from the machine, and keep in memory; a page calls no server, which the seed guards. */
export const PROCESS = {
  env: { HOME: PLACES.app, LANG: "en_US.UTF-8", PYTHONHASHSEED: "0" },
  _sysExecutable: "./this.program",
};

/** The module of ours that the page talks to: pyweb_ml/page.py. */
export const PAGE_MODULE = "pyweb_ml.page";

/** That which finds modules of which the files have not come: pyweb_ml/later_modules.py. */
export const LATER_MODULE = "pyweb_ml.later_modules";
