// Runs the page's calculators under Node.js (bundled first): each line of the input names a folder with a
// case.json; when its result.json is written, "done" is said.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { STANDARD } from "../../static/src/calculators/index.ts";
import { Image, Mask } from "../../static/src/image.ts";
import { Kernels } from "../../static/src/kernels.ts";

const kernels = await Kernels.load(readFileSync(process.argv[2]));
let folder;

const bytes = (name) => readFileSync(join(folder, name));
const floats = (name) => new Float32Array(new Uint8Array(bytes(name)).buffer);

const readers = {
  Image: ({ shape: [height, width], file }) => filled(kernels.newImage(width, height), bytes(file)),
  Mask: ({ shape: [height, width], file }) => filled(kernels.newMask(width, height), floats(file)),
  Tensors: (list) => list.map(({ shape, file }) => ({ shape, data: floats(file) })),
  Anchors: ({ file }) => floats(file),
  value: (value) => value,
};

function filled(payload, data) {
  payload.data.set(data);
  return payload;
}

function read({ type, payload }) {
  return (readers[type] ?? readers.value)(payload);
}

function write(name, data) {
  writeFileSync(join(folder, name), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return name;
}

function described(value, tag) {
  if (value instanceof Image) return { shape: [value.height, value.width, 4], file: write(`out${tag}`, value.data) };
  if (value instanceof Mask) return { shape: [value.height, value.width], file: write(`out${tag}`, value.data) };
  if (value instanceof Float32Array) return { shape: [value.length / 4, 4], file: write(`out${tag}`, value) };
  if (!value[0]?.data) return value;
  return [...value].map(({ shape, data }, i) => ({ shape, file: write(`out${tag}${i}`, data) }));
}

async function outputsOf({ calculator, options, inputs, side, wanted }) {
  const readAll = (ports) => Object.fromEntries(Object.entries(ports).map(([tag, one]) => [tag, read(one)]));
  const [given, sides, outputs] = [readAll(inputs), readAll(side), {}];
  const emit = (tag, value) => (outputs[tag] = described(value, tag));
  const context = {
    timestamp: 0,
    tags: Object.keys(given),
    input: (tag) => given[tag],
    require: (tag) => given[tag],
    side: (tag) => sides[tag],
    wanted: (tag) => wanted.includes(tag),
    emit,
    emitSide: emit,
  };
  const made = STANDARD.find((one) => one.name === calculator).create(options, { kernels }, "node");
  await made.open?.(context);
  await made.process(context);
  return outputs;
}

for await (const line of createInterface({ input: process.stdin })) {
  folder = line;
  let result;
  try {
    result = { outputs: await outputsOf(JSON.parse(readFileSync(join(folder, "case.json")))), error: null };
  } catch (raised) {
    result = { outputs: {}, error: raised.message };
  }
  writeFileSync(join(folder, "result.json"), JSON.stringify(result));
  console.log("done");
}
