/** What the page's address says of the app's controls, as in `?strength=4&fast=true`. */

/** The page's own parameters, and those that sites and mail programs append to count visits. */
const OTHERS = /^(backend|fresh|utm_\w+|\w*clid)$/;

/** A value for the element's attribute `values`; null where the address says nothing of controls. */
export function givenSettings(parameters: URLSearchParams): string | null {
  const given = [...parameters].filter(([name]) => !OTHERS.test(name));
  return given.length === 0 ? null : new URLSearchParams(given).toString();
}
