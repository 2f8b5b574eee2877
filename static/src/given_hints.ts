/**
 * What a site's `widget.js` says of the files that its app needs first, so that a page of another site fetches them
 * before the manifest has come; pyweb_ml/bundle/sealing.py writes it there.
 */

import { hintsOf } from "./early_worker";
import { siteOf } from "./own_site";

const given = new Map<string, DOMStringMap>();

/** `script`: the site's `widget.js`; `hints`: as they stand in its index.html. */
export function giveHints(script: string, hints: DOMStringMap): void {
  given.set(siteOf(script).href, hints);
}

/** The hints for the site at `base`: those that its script gave, or those of a page of its own. */
export function hintsFor(base: string): DOMStringMap {
  return given.get(new URL("./", base).href) ?? hintsOf(base);
}
