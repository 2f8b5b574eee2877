/**
 * The worker of a built site's own page, started while the element's script is still coming: `page.js` starts it and
 * says what will be needed, the element's client takes it over. The two are bundled apart, so they meet on the document.
 */

import { chooseBuild, compileWasm, wasmOf } from "./engine_build";
import { moduleWorker } from "./module_worker";
import type { ToWorker } from "./protocol";
import { SlowLine } from "./slow_line";

const PLACE = Symbol.for("pywebml.early-worker");

/** The backends that the hints in the page are for. */
const USUAL = ["auto", "litert-wasm"];

interface Early {
  worker: Worker;
  script: string;
  base: string;
  backend: string;
  /** What it has said meanwhile. */
  messages: MessageEvent[];
  hasFailed: boolean;
}

type Place = Document & { [PLACE]?: Early | undefined };

/**
 * Starts the worker of the page's element.
 *
 * @param hints as pyweb_ml/bundle/sealing.py writes them; nothing is started where there are none.
 */
export function startEarly(app: Element, hints: DOMStringMap, script: URL): void {
  const backend = app.getAttribute("backend") ?? "auto";
  const base = URL.parse(app.getAttribute("src") ?? "", document.baseURI);
  // A page that nobody sees yet loads nothing.
  if (!hints["engine"] || base === null || !USUAL.includes(backend) || document.visibilityState !== "visible") return;
  const worker = startWorker(script, base.href, backend, hints);
  const early: Early = { worker, script: script.href, base: base.href, backend, messages: [], hasFailed: false };
  worker.onmessage = (event) => { early.messages.push(event); };
  worker.onerror = (event) => {
    event.preventDefault();
    early.hasFailed = true;
  };
  (document as Place)[PLACE] = early;
}

/** Starts a worker, and has begin what the hints say, where they are for its backend. */
export function startWorker(script: URL, base: string, backend: string, { engine = "", models = "", large = "" }: DOMStringMap): Worker {
  const worker = moduleWorker(script, "pywebml");
  if (engine === "" || !USUAL.includes(backend)) return worker;
  const addresses = models.split(" ").filter((path) => path !== "").map((path) => new URL(path, base).href);
  const folder = new URL(engine, base).href;
  const wasm = wasmOf(folder, chooseBuild());
  post(worker, { type: "prepare", base, backend, engine: folder, models: addresses, wasm });
  compileFor(worker, wasm, backend === "auto" ? Number(large) : 0);
  return worker;
}

/** The hints in a page of the site itself; none on somebody else's. */
export function hintsOf(base: string): DOMStringMap {
  const [site, page] = [new URL("./", base), new URL("./", document.baseURI)];
  return site.origin + site.pathname === page.origin + page.pathname ? document.documentElement.dataset : {};
}

/** The largest file of all need not wait until the worker has come to run. `large`: as {@link compileWasm} takes it. */
function compileFor(worker: Worker, address: string, large: number): void {
  const take = (bytes: ArrayBuffer): void => { post(worker, { type: "copy", address, bytes }, [bytes]); };
  compileWasm(address, take, large).then(
    (module) => { post(worker, { type: "compiled", address, module, isSlow: false }); },
    (error: unknown) => { post(worker, { type: "compiled", address, module: null, isSlow: error instanceof SlowLine }); },
  );
}

function post(worker: Worker, message: ToWorker, transfer: Transferable[] = []): void {
  worker.postMessage(message, transfer);
}

/** That worker, if it is for this; one that failed is left, so that another says why. */
export function takeEarly(script: URL, base: string, backend: string): Worker | null {
  const place = document as Place;
  const early = place[PLACE];
  place[PLACE] = undefined;
  if (early === undefined) return null;
  if (early.hasFailed || early.script !== script.href || early.base !== base || early.backend !== backend) {
    early.worker.terminate();
    return null;
  }
  queueMicrotask(() => { for (const message of early.messages) early.worker.onmessage?.(message); });
  return early.worker;
}
