// A worker that calls numpy code in plain Pyodide: given {pyodide, wheel, code}, then anything for a round.

const face = { label: "face", score: 0.9, box: { xmin: 0.1, ymin: 0.2, width: 0.3, height: 0.4 }, keypoints: Array.from({ length: 6 }, (_, at) => ({ x: 0.1 * at, y: 0.3 })) };
const GIVEN = {
  negative: { data: new Uint8Array(640 * 480 * 4).fill(7), shape: [480, 640, 4] },
  faded: { data: new Float32Array(640 * 480).fill(0.5), shape: [480, 640] },
  halved: [{ data: new Float32Array(896 * 16).fill(1), shape: [1, 896, 16] }, { data: new Float32Array(896).fill(1), shape: [1, 896, 1] }],
  largest: [face],
  largest_of_forty: Array.from({ length: 40 }, () => structuredClone(face)),
};

const code = await new Promise((resolve) => { self.onmessage = ({ data }) => { resolve(begin(data)); }; });

async function begin({ pyodide, wheel, source }) {
  const { loadPyodide } = await import(`${pyodide}pyodide.mjs`);
  const python = await loadPyodide({ indexURL: pyodide });
  python.unpackArchive(await (await fetch(wheel)).arrayBuffer(), "wheel");
  python.FS.writeFile("/home/pyodide/by_hand.py", source);
  return python.pyimport("by_hand");
}

function taken(out, name) {
  if (name.startsWith("largest")) return out.toJs({ dict_converter: Object.fromEntries });
  if (name === "halved") return Array.from(out, (one) => taken(one, ""));
  const buffer = out.getBuffer();
  const data = buffer.data.slice();
  buffer.release();
  return data;
}

function round() {
  const byHand = {};
  const alone = {};
  for (const [name, given] of Object.entries(GIVEN)) {
    const began = performance.now();
    const out = code.call(name, given);
    taken(out, name);
    out.destroy();
    byHand[name] = performance.now() - began;
    alone[name] = code.alone(name);
  }
  return { byHand, alone };
}

self.onmessage = () => { self.postMessage(round()); };
self.postMessage(null);
