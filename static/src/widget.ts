/**
 * Defines `<pywebml-app>`, and the same under the name of its series. A page may load the script twice, as when two
 * apps are shown that were built apart: the first that comes defines the short name.
 */

import { PywebmlApp } from "./element";
import { tagOf, VERSION } from "./version";

export { giveHints } from "./given_hints";
export { PywebmlApp };

function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}

define("pywebml-app", PywebmlApp);
// A class can have one name only.
define(tagOf(VERSION), class extends PywebmlApp {});
