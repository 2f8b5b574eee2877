/** What can be wrong with the page's own files, told without them. */

import { Deferred } from "./deferred";

/** Runs the element's script, which index.html has had fetched; its hash is checked on the way. */
export async function loadWidget(): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>("link[rel=modulepreload]");
  if (link === null) return;
  const done = new Deferred<undefined>();
  const script = document.createElement("script");
  script.type = "module";
  script.integrity = link.integrity;
  script.src = link.href;
  script.addEventListener("load", () => { done.resolve(undefined); });
  script.addEventListener("error", () => {
    showTrouble("The site's 'widget.js' is missing or damaged; reload, or build the site again.");
    done.resolve(undefined);
  });
  document.head.append(script);
  await done.promise;
}

export function isStyled(): boolean {
  const links = [...document.querySelectorAll<HTMLLinkElement>("link[rel=stylesheet]")];
  return links.every(({ sheet }) => sheet !== null && sheet.cssRules.length > 0);
}

export function showTrouble(sentence: string): void {
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.className = "trouble";
  line.textContent = sentence;
  document.querySelector("main")?.prepend(line);
}
