/** Module workers whose script may be of another origin, as a widget's is on somebody's page. */

import { trusted } from "./trusted";

/** By code: browsers differ in when a blob's address may be given back, and there are few of them. */
const blobs = new Map<string, string>();

/**
 * Starts a module worker. Browsers refuse a worker's script of another origin but not what it imports, so such a
 * script is imported by one of this origin: https://html.spec.whatwg.org/multipage/workers.html#dom-worker
 */
export function moduleWorker(script: URL, name: string): Worker {
  // Not import(): messages wait until what is imported so has run.
  const address = script.origin === self.origin ? script.href : blobOf(`import ${JSON.stringify(script.href)};`);
  return new Worker(trusted.createScriptURL(address), { type: "module", name });
}

/** The same for a classic script, which somebody else makes a worker of: the address to give them. */
export function classicWorkerAddress(script: URL): string {
  return script.origin === self.origin ? script.href : blobOf(`importScripts(${JSON.stringify(script.href)});`);
}

/** A worker of this origin that imports a script, or nothing, and says one word then. */
export function tryWorker(script?: URL): Worker {
  const imported = script === undefined ? "" : `import ${JSON.stringify(script.href)};`;
  const address = trusted.createScriptURL(blobOf(`${imported}postMessage("here");`));
  return new Worker(address, { type: "module" });
}

function blobOf(code: string): string {
  const address = blobs.get(code) ?? URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  blobs.set(code, address);
  return address;
}
