/**
 * Stands in for the real worker where a test needs it to fail: speaks protocol.ts as the site's `script.json` says.
 *
 *   stages   statuses to send while loading, each {stage, detail, loaded, total}
 *   stall    true: loading never ends
 *   pythonMs milliseconds after the frames are ready when Python is; null: never
 *   loadError, fatalError   a Failure to give up loading with
 *   frame    "draw" (as it is), "hang", "die", "fail"
 *   failure  the Failure that "fail" gives
 *   values   what the outputs hold besides the image
 *   refuses  what controls may not show: such frames fail with "failure"
 *   echo     true: the output "settings" tells what the controls show, as JSON
 */

let script = {};
let canvas = null;
let whole = false;
const waiting = [];

const send = (message) => self.postMessage(message);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

self.onmessage = ({ data }) => {
  if (data.type === "init") void init(data);
  if (data.type === "frame") onFrame(data);
  if (data.type === "picture") void sendPicture(data.id);
};

async function init(message) {
  canvas = message.canvas;
  script = await (await fetch(new URL("script.json", message.base))).json();
  for (const status of script.stages ?? []) {
    send({ type: "status", ...status });
    await sleep(20);
  }
  if (script.fatalError) send({ type: "error", fatal: true, error: script.fatalError });
  if (script.fatalError || script.stall) return;
  await becomeReady(message.backend);
}

async function becomeReady(asked) {
  const ready = { type: "ready", backend: "litert-wasm", reason: `asked for ${asked}`, python: "" };
  send({ ...ready, what: "frames" });
  if (script.pythonMs === null) return;
  if (script.pythonMs) send({ type: "status", stage: "python", detail: "", loaded: 1, total: 4 });
  await sleep(script.pythonMs ?? 0);
  whole = true;
  send({ ...ready, what: "python" });
  for (const frame of waiting.splice(0)) onFrame(frame);
}

function onFrame(frame) {
  if (!whole && !frame.partial) {
    waiting.push(frame);
    return;
  }
  if (isRefused(frame)) {
    send({ type: "error", id: frame.id, fatal: false, error: script.failure });
    return;
  }
  if (script.frame === "die") setTimeout(() => { throw new Error("out of memory"); });
  if (script.frame === "hang") hang(frame);
  if (script.frame === "fail") send({ type: "error", id: frame.id, fatal: false, error: script.failure });
  if ((script.frame ?? "draw") === "draw") draw(frame);
}

function hang(frame) {
  send({ type: "entering", node: "largest_face", timestamp: frame.timestamp });
  for (;;);
}

function draw(frame) {
  if (frame.image === null) hear(frame);
  else drawImage(frame);
}

function hear({ id, timestamp }) {
  send({ type: "result", id, timestamp, values: { ...script.values }, pending: [], milliseconds: { hear: 1 } });
}

function drawImage(frame) {
  const { image, id, timestamp } = frame;
  const size = { width: image.displayWidth ?? image.width, height: image.displayHeight ?? image.height };
  const result = { type: "result", id, timestamp, values: { ...script.values, ...echo(frame) }, milliseconds: { draw: 1 } };
  if (frame.show && canvas) {
    Object.assign(canvas, size);
    canvas.getContext("2d").drawImage(image, 0, 0);
    result.shown = size;
  }
  const given = frame.values ? [bitmapOf(image, size)] : [];
  if (frame.values) result.values.output = given[0];
  result.pending = whole ? [] : (script.pending ?? []);
  self.postMessage(result, given);
  if (given[0] !== image) image.close();
}

/** As the real worker gives every Image. */
function bitmapOf(image, size) {
  if (!(image instanceof VideoFrame)) return image;
  const drawn = new OffscreenCanvas(size.width, size.height);
  drawn.getContext("2d").drawImage(image, 0, 0);
  return drawn.transferToImageBitmap();
}

function echo({ settings }) {
  return script.echo ? { settings: JSON.stringify(settings) } : {};
}

async function sendPicture(id) {
  send({ type: "picture", id, png: await canvas.convertToBlob({ type: "image/png" }) });
}

function isRefused({ settings }) {
  return Object.entries(script.refuses ?? {}).some(([name, value]) => settings[name] === value);
}
