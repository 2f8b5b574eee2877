/** The version of PyWebML that this script is of. */

/** Put here by build.mjs, from pyweb_ml/version.py. */
declare const PYWEBML_VERSION: string | undefined;

export const VERSION = typeof PYWEBML_VERSION === "string" ? PYWEBML_VERSION : "0.0.0";

/** Versions of one series, such as 0.1.2 and 0.1.7, have the same messages between page and worker. */
export function seriesOf(version: string): string {
  return version.split(".").slice(0, 2).join(".");
}

/** The element's name for one series, where a page shows apps of several: "pywebml-app-0-1". */
export function tagOf(version: string): string {
  return `pywebml-app-${seriesOf(version).replace(".", "-")}`;
}
