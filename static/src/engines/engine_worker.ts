/**
 * A worker for one engine, built as engine.js: what an engine does to its globals, and whether it hangs, dies or
 * fills its memory, is then no matter to the graph. Its backend is the module engines/NAME.js of the site.
 */

import type { Backend, CompiledModel, Engine } from "./engine";
import { messageOf } from "./engine";
import type { Create, FromEngine, Request, Started, ToEngine } from "./engine_protocol";

let engine: Engine;
const models = new Map<string, CompiledModel>();

function post(message: FromEngine, transfer: Transferable[] = []): void {
  (self as unknown as { postMessage(message: FromEngine, transfer: Transferable[]): void }).postMessage(message, transfer);
}

/** What is asked for is done one after the other: a run may wait here while another one is on. */
let queue: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToEngine>): void => {
  queue = queue.then(() => serve(data));
};

const told = new Set<string>();

function tellLoaded(): void {
  const addresses = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => !told.has(name));
  for (const address of addresses) told.add(address);
  if (addresses.length > 0) post({ type: "loaded", addresses });
}

// What hangs must have been told, too.
new PerformanceObserver(tellLoaded).observe({ type: "resource" });

async function serve(data: ToEngine): Promise<void> {
  const { id } = data;
  try {
    const value = await answer(data);
    tellLoaded();
    post({ type: "done", id, value }, buffersOf(value));
  } catch (error) {
    tellLoaded();
    const name = error instanceof Error ? error.name : "Error";
    post({ type: "failed", id, name, message: messageOf(error) });
  }
}

async function answer(request: Request): Promise<unknown> {
  if (request.type === "create") return create(request);
  if (request.type === "run") return models.get(request.name)!.run(request.inputs);
  models.set(request.name, await engine.compile(request.files, request.name, request.threads));
  return null;
}

async function create({ base, backend: name }: Create): Promise<Started> {
  const { backend } = (await import(/* @vite-ignore */ `${base}engines/${name}.js`)) as { backend: Backend };
  const reason = await backend.unavailable();
  if (reason !== null) throw new Error(reason);
  engine = await backend.create(base);
  void engine.lost.then((why) => { post({ type: "lost", reason: why }); });
  return { reason: engine.reason };
}

/** Outputs are made anew for each run, so they need no copy. */
function buffersOf(value: unknown): Transferable[] {
  if (!Array.isArray(value)) return [];
  return [...new Set((value as { data: Uint8Array<ArrayBuffer> }[]).map(({ data }) => data.buffer))];
}
