/** What the page's address says of the app's controls, as in `?strength=4&fast=true`. */

/** The page's own parameters; pyweb_ml/graph/pipeline_inputs.py lets no control have such a name. */
const OWN = ["backend", "fresh"];

/**
 * Attribute of the element, `data-from-address`, by which the page says that its `values` are those of an address:
 * sites and mail programs append names of their own to links, which are then no mistake of anybody's.
 */
export const FROM_ADDRESS = "fromAddress";

/** A value for the element's attribute `values`; null where the address says nothing of controls. */
export function givenSettings(parameters: URLSearchParams): string | null {
  const given = [...parameters].filter(([name]) => !OWN.includes(name));
  return given.length === 0 ? null : new URLSearchParams(given).toString();
}
