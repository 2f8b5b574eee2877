/**
 * What somebody's page forbids the app by its Content-Security-Policy (https://www.w3.org/TR/CSP3/), found out by
 * trying, and only once loading has failed: inside a worker a refusal looks like a network that is down.
 */

import { pageForbids } from "./messages";
import { tryWorker } from "./module_worker";
import type { Failure } from "./protocol";

/** Milliseconds that a worker may take to begin. */
const PATIENCE = 5000;

/** The header of a module that holds nothing: https://webassembly.github.io/spec/core/binary/modules.html */
const EMPTY_WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** The same failure, or, where the page's policy is the reason, one that says what to add to the policy. */
export async function explain(failure: Failure, site: URL, script: URL): Promise<Failure> {
  const missing = await missingDirectives(site, script);
  return missing.length === 0 ? failure : { ...failure, ...pageForbids(missing) };
}

/** As they are to be added to the policy, such as "worker-src blob:"; empty where it keeps nothing out. */
async function missingDirectives(site: URL, script: URL): Promise<string[]> {
  const refused = new Set<string>();
  const note = ({ disposition, effectiveDirective }: SecurityPolicyViolationEvent): void => {
    if (disposition === "enforce") refused.add(effectiveDirective);
  };
  document.addEventListener("securitypolicyviolation", note);
  const isForeign = script.origin !== self.origin;
  const [works] = await Promise.all([isForeign ? canWork(script) : true, preload(script), isThere(new URL("manifest.json", site))]);
  const compiles = canCompile();
  // The last events are on their way.
  await sleep(0);
  document.removeEventListener("securitypolicyviolation", note);
  const scripts = [...(refused.has("script-src-elem") ? [script.origin] : []), ...(compiles ? [] : ["'wasm-unsafe-eval'"])];
  return [
    ...(works ? [] : [`worker-src blob: ${script.origin}`]),
    ...(scripts.length > 0 ? [`script-src ${scripts.join(" ")}`] : []),
    ...(refused.has("connect-src") ? [`connect-src ${site.origin}`] : []),
  ];
}

/** Whether the policy lets a worker of a blob begin, and import the script; what is not there is no matter of it. */
async function canWork(script: URL): Promise<boolean> {
  const [empty, full, there] = await Promise.all([begins(tryWorker()), begins(tryWorker(script)), isThere(script)]);
  return empty && (full || !there);
}

function begins(worker: Worker): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isBegun: boolean) => (event?: Event): void => {
      event?.preventDefault();
      worker.terminate();
      resolve(isBegun);
    };
    worker.onmessage = settle(true);
    worker.onerror = settle(false);
    void sleep(PATIENCE).then(() => { settle(false)(); });
  });
}

async function isThere(address: URL): Promise<boolean> {
  const response = await fetch(address).catch(() => null);
  await response?.body?.cancel();
  return response?.ok === true;
}

/** Fetches a script as a module, without running it. */
function preload(script: URL): Promise<void> {
  const link = Object.assign(document.createElement("link"), { rel: "modulepreload", href: script.href });
  return new Promise((resolve) => {
    link.onload = link.onerror = () => {
      link.remove();
      resolve();
    };
    document.head.append(link);
  });
}

function canCompile(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_WASM) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
