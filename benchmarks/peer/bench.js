// Drives ours and the peer on the same frames, in turn, and hands the times to the script outside.
import { createPeer } from "./peer.js";

/** Ours, by the protocol that the page speaks: one frame in, its result back, the picture drawn on the way. */
function createOurs(base, script, canvas) {
  const worker = new Worker(script, { type: "module" });
  const waiting = new Map();
  const ready = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.type === "ready" && data.what === "python") resolve(data);
      if (data.type === "result") waiting.get(data.id)(data);
      if (data.type === "error") reject(new Error(data.error.message));
    };
  });
  const offscreen = canvas.transferControlToOffscreen();
  worker.postMessage({ type: "init", base, backend: "auto", canvas: offscreen }, [offscreen]);
  let id = 0;
  const process = (image) =>
    new Promise((resolve) => {
      waiting.set(++id, resolve);
      const frame = { type: "frame", id, timestamp: id * 33333, image, show: true, values: false, partial: false };
      worker.postMessage(frame, [image]);
    });
  return { ready, process };
}

window.bench = async ({ name, base, worker, model, picture, frames, warmUp }) => {
  const source = await sourceOf(picture);
  const ours = createOurs(new URL(base, location.href).href, worker, document.querySelector("#ours"));
  const peer = await createPeer(name, document.querySelector("#peer"), new URL(model, location.href).href);
  const { backend, reason } = await ours.ready;
  const times = { ours: [], peer: [] };
  const nodes = {};
  for (let index = 0; index < warmUp + frames; index++) {
    const [forOurs, forPeer] = await Promise.all([source(index), source(index)]);
    const start = performance.now();
    const { milliseconds } = await ours.process(forOurs);
    const middle = performance.now();
    await peer(forPeer);
    const end = performance.now();
    forPeer.close();
    if (index < warmUp) continue;
    times.ours.push(middle - start);
    times.peer.push(end - middle);
    for (const [node, spent] of Object.entries(milliseconds)) (nodes[node] ??= []).push(spent);
  }
  return { backend, reason, isolated: crossOriginIsolated, times, nodes };
};

/** 640x480 frames that move: the picture, shifted a little each time. */
async function sourceOf(picture) {
  const bitmap = await createImageBitmap(await (await fetch(picture)).blob());
  const canvas = new OffscreenCanvas(640, 480);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  return async (index) => {
    context.drawImage(bitmap, 64 + (index % 32), 0, bitmap.width, bitmap.height * 0.9375);
    return createImageBitmap(canvas);
  };
}
