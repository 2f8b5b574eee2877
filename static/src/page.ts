/** What a built site's own page has beyond the element: files may be dropped anywhere, and `?backend=` names one. */

import { acceptDrops } from "./drop_target";
import type { PywebmlApp } from "./element";

const app = document.querySelector<PywebmlApp>("pywebml-app");
const backend = new URLSearchParams(location.search).get("backend");
if (backend !== null) app?.setAttribute("backend", backend);

const take = (file: File): void => {
  // The element reports what is wrong with a file.
  app?.open(file).catch(() => undefined);
};
const over = (is: boolean): void => {
  document.documentElement.classList.toggle("dropping", is);
};
acceptDrops(document, { take, over }, new AbortController().signal);
