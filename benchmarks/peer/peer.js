// The page that a good engineer writes by hand on LiteRT.js: the same models and the same work as the examples,
// with the canvas for resizing, blending and blurring. It runs on the main thread, as such pages do.
import { loadAndCompile, loadLiteRt, Tensor } from "@litertjs/core";

export async function createPeer(name, canvas, modelUrl) {
  const threads = crossOriginIsolated;
  await loadLiteRt("./litert/", { threads });
  const cpuOptions = threads ? { numThreads: Math.min(navigator.hardwareConcurrency, 4) } : {};
  const model = await loadAndCompile(modelUrl, { accelerator: "wasm", ...(threads && { cpuOptions }) });
  return name === "background_blur" ? blurPeer(model, canvas) : facePeer(model, canvas);
}

function inputReader(size) {
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const floats = new Float32Array(size * size * 3);
  return { context, floats, size };
}

async function infer(model, { context, floats, size }, scale, offset) {
  const { data } = context.getImageData(0, 0, size, size);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    floats[to++] = data[from] * scale + offset;
    floats[to++] = data[from + 1] * scale + offset;
    floats[to++] = data[from + 2] * scale + offset;
  }
  const input = new Tensor(floats, [1, size, size, 3]);
  const outputs = await model.run([input]);
  const arrays = await Promise.all(outputs.map((output) => output.data()));
  for (const tensor of [input, ...outputs]) tensor.delete();
  return arrays;
}

function blurPeer(model, canvas) {
  const reader = inputReader(256);
  const context = canvas.getContext("2d");
  const maskCanvas = new OffscreenCanvas(256, 256);
  const maskContext = maskCanvas.getContext("2d");
  const maskImage = new ImageData(256, 256);
  return async (frame) => {
    canvas.width = frame.width;
    canvas.height = frame.height;
    reader.context.drawImage(frame, 0, 0, 256, 256);
    const [mask] = await infer(model, reader, 1 / 255, 0);
    for (let i = 0; i < mask.length; i++) maskImage.data[i * 4 + 3] = mask[i] * 255;
    maskContext.putImageData(maskImage, 0, 0);
    context.globalCompositeOperation = "copy";
    context.filter = "none";
    context.drawImage(maskCanvas, 0, 0, frame.width, frame.height);
    context.globalCompositeOperation = "source-in";
    context.drawImage(frame, 0, 0);
    context.globalCompositeOperation = "destination-over";
    context.filter = "blur(8px)";
    context.drawImage(frame, 0, 0);
    finish(context);
  };
}

function facePeer(model, canvas) {
  const reader = inputReader(128);
  const context = canvas.getContext("2d");
  const anchors = makeAnchors();
  return async (frame) => {
    canvas.width = frame.width;
    canvas.height = frame.height;
    const scale = 128 / Math.max(frame.width, frame.height);
    const [width, height] = [frame.width * scale, frame.height * scale];
    const [left, top] = [(128 - width) / 2, (128 - height) / 2];
    reader.context.fillStyle = "black";
    reader.context.fillRect(0, 0, 128, 128);
    reader.context.drawImage(frame, left, top, width, height);
    const outputs = await infer(model, reader, 2 / 255, -1);
    const [boxes, scores] = outputs[0].length > outputs[1].length ? outputs : [outputs[1], outputs[0]];
    const faces = suppress(decode(boxes, scores, anchors));
    context.drawImage(frame, 0, 0);
    for (const face of faces) draw(context, face, { scale, left, top });
    const [largest] = faces.toSorted((a, b) => b.box[2] * b.box[3] - a.box[2] * a.box[3]);
    if (largest) draw(context, largest, { scale, left, top });
    finish(context);
  };
}

// Canvas drawing is recorded and done later; reading a pixel makes the browser do it within the measured time.
function finish(context) {
  context.getImageData(0, 0, 1, 1);
}

function makeAnchors() {
  const anchors = [];
  for (const [cells, each] of [[16, 2], [8, 6]]) {
    for (let i = 0; i < cells * cells * each; i++) {
      const cell = Math.floor(i / each);
      anchors.push([((cell % cells) + 0.5) / cells, (Math.floor(cell / cells) + 0.5) / cells]);
    }
  }
  return anchors;
}

function decode(raw, scores, anchors) {
  const found = [];
  for (let i = 0; i < anchors.length; i++) {
    const score = 1 / (1 + Math.exp(-scores[i]));
    if (score < 0.5) continue;
    const at = (offset) => raw[i * 16 + offset] / 128;
    const [x, y] = [at(0) + anchors[i][0], at(1) + anchors[i][1]];
    const points = Array.from({ length: 6 }, (_, k) => [at(4 + 2 * k) + anchors[i][0], at(5 + 2 * k) + anchors[i][1]]);
    found.push({ score, box: [x - at(2) / 2, y - at(3) / 2, at(2), at(3)], points });
  }
  return found.sort((a, b) => b.score - a.score);
}

function suppress(found) {
  const kept = [];
  while (found.length) {
    const [best] = found;
    const [same, others] = [[], []];
    for (const one of found) (overlap(best.box, one.box) > 0.3 ? same : others).push(one);
    const total = same.reduce((sum, one) => sum + one.score, 0);
    const mean = (pick) => same.reduce((sum, one) => sum + pick(one) * one.score, 0) / total;
    const points = best.points.map((_, k) => [mean((one) => one.points[k][0]), mean((one) => one.points[k][1])]);
    kept.push({ score: best.score, box: best.box.map((_, k) => mean((one) => one.box[k])), points });
    found = others;
  }
  return kept;
}

function overlap(a, b) {
  const width = Math.min(a[0] + a[2], b[0] + b[2]) - Math.max(a[0], b[0]);
  const height = Math.min(a[1] + a[3], b[1] + b[3]) - Math.max(a[1], b[1]);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a[2] * a[3] + b[2] * b[3] - shared);
}

function draw(context, { box, points, score }, { scale, left, top }) {
  const x = (value) => (value * 128 - left) / scale;
  const y = (value) => (value * 128 - top) / scale;
  context.strokeStyle = context.fillStyle = "rgb(255, 176, 0)";
  context.lineWidth = 2;
  context.strokeRect(x(box[0]), y(box[1]), (box[2] * 128) / scale, (box[3] * 128) / scale);
  for (const [px, py] of points) {
    context.beginPath();
    context.arc(x(px), y(py), 3, 0, 7);
    context.fill();
  }
  context.font = "16px sans-serif";
  context.fillText(score.toFixed(2), x(box[0]), y(box[1]) - 4);
}
