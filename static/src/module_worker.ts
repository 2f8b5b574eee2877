/** Module workers whose script may be of another origin, as a widget's is on somebody's page. */

/** By script: browsers differ in when a blob's address may be given back, and there are few scripts. */
const bootstraps = new Map<string, string>();

/**
 * Starts a module worker. Browsers refuse a worker's script of another origin but not what it imports, so such a
 * script is imported by one of this origin: https://html.spec.whatwg.org/multipage/workers.html#dom-worker
 */
export function moduleWorker(script: URL, name: string): Worker {
  const address = script.origin === self.origin ? script.href : bootstrap(script.href, "import");
  return new Worker(address, { type: "module", name });
}

/** The same for a classic script, which somebody else makes a worker of: the address to give them. */
export function classicWorkerAddress(script: URL): string {
  return script.origin === self.origin ? script.href : bootstrap(script.href, "importScripts");
}

/** A script of this origin that runs the one at the address, and holds messages back until it has. */
function bootstrap(address: string, statement: "import" | "importScripts"): string {
  const quoted = JSON.stringify(address);
  const code = statement === "import" ? `import ${quoted};` : `importScripts(${quoted});`;
  const known = bootstraps.get(code) ?? URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  bootstraps.set(code, known);
  return known;
}
