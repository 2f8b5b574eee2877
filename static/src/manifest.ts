/** `manifest.json` of a built site, as pyweb_ml/bundle/manifest.py writes it. */

import type { Start } from "./python/memory_delta";

/** The backends that an app can run its models on; "none" where a graph has no model. */
export type BackendName =
  | "litert-wasm"
  | "litert-webgpu"
  | "litert-webnn"
  | "tfjs-wasm"
  | "tfjs-webgl"
  | "tfjs-webgpu"
  | "tfjs-cpu"
  | "none";

/** Names of streams and what they carry, as the site's manifest states them. */
export type StreamTypes = Readonly<Record<string, string>>;

export interface Manifest {
  format: 1;
  /** Another one whenever a file of the site is: 16 hexadecimal digits. */
  build: string;
  /** Every file that a page may load, but the manifest itself. */
  files: Asset[];
  name: string;
  title: string;
  description: string;
  inputs: StreamTypes;
  outputs: StreamTypes;
  /** The inputs that the visitor sets; the others are fed by a source. */
  controls: Control[];
  /** How the sound that it takes is cut into packets; null where it takes none. */
  audio: AudioFormat | null;
  /** Models by the name that the graph's nodes use; the file is there only where a backend on LiteRT takes it. */
  models: Record<string, Asset>;
  engines: EngineAssets;
  /** Null when the graph has no Python calculators. */
  python: PythonAssets | null;
  samples: { name: string; path: string; kind: "image" | "video" | "audio" }[];
}

/** See pyweb_ml/graph/audio.py: `window` and `hop` in samples, `channels` 1 or 2. */
export interface AudioFormat {
  sample_rate: number;
  window: number;
  hop: number;
  channels: number;
}

/** A control, by the name of the graph input that it feeds; see pyweb_ml/graph/controls.py. */
export type Control = { name: string; label: string } & ControlKind;

export type ControlKind =
  | { kind: "slider"; value: number; min: number; max: number; step: number }
  | { kind: "checkbox"; value: boolean }
  | { kind: "select"; value: string; choices: readonly string[] }
  | { kind: "text"; value: string; max_length: number };

/** A file of the site: its path below the site's folder, its size and hash. */
export interface Asset {
  path: string;
  bytes: number;
  sha256: string;
}

/** What the models run on. */
export interface EngineAssets {
  /** Version of PyWebML that built the site. */
  version: string;
  /** The backends that this site carries; the first that can be had begins, the others are measured against it. */
  backends: BackendName[];
  /** The folder of their files, below the site's folder, ending in "/"; empty where there are none. */
  folder: string;
  /** Milliseconds that measuring them may take on a visit. */
  budget: number;
  /** By model, as a TF.js graph model: model.json, then its weights; empty where no backend needs it. */
  tfjs: Record<string, Asset[]>;
  /** By model: what each backend must reproduce before it may be chosen. */
  references: Record<string, Reference>;
  /** What gives the first results where `large`, bytes of the first backend's Wasm, come slowly; null: nothing does. */
  small: { backend: BackendName; large: number } | null;
}

/** What the desktop gives for the reference input; see engines/reference.ts. The asset holds the outputs' numbers. */
export interface Reference extends Asset {
  /** Which of the inputs that can be made. */
  seed: number;
  inputs: TensorKind[];
  outputs: ReferenceOutput[];
}

export interface TensorKind {
  shape: number[];
  dtype: DType;
}

/** The asset holds `count` numbers of the output, evenly spaced; each may be off by `tolerance`. */
export interface ReferenceOutput extends TensorKind {
  count: number;
  tolerance: number;
}

/** The dtypes that both LiteRT.js and this page handle. */
export type DType = "float32" | "int32" | "uint8";

export interface PythonAssets {
  /** Folder of Pyodide's own files, below the site's folder, ending in "/". */
  pyodide: string;
  /** From which Python starts at once; null where none could be made. */
  snapshot: SnapshotAsset | null;
  /** Python's own modules; of a Python that starts from a snapshot, those that it lacks. */
  stdlib: Asset;
  /** Wheels, in the order in which they are to be installed. */
  packages: Package[];
  /** A zip of the app's own modules and of pyweb_ml's graph, unpacked where Python finds modules. */
  app: Asset;
  /** Python calculators by name. */
  calculators: Record<string, { module: string }>;
}

/** `later`: it holds nothing but modules, so that Python may start from a snapshot before it is there. */
export type Package = Asset & { name: string; later: boolean };

/** Python's memory with modules imported. */
export interface SnapshotAsset {
  /** gzip of the numbers of the pages that differ from memory as it is when Python starts, and of those pages. */
  delta: Asset;
  /** How many pages differ. */
  pages: number;
  /** What memory must be when Python starts. */
  start: Start;
  /** What Pyodide is given as a snapshot, in base64. */
  header: string;
  /** Bytes of memory that Python then has. */
  memory: number;
  /** gzip of the shared libraries that memory counts on, one after the other. */
  code: Asset;
  /** In the order in which they must be loaded; `path` is where Python has them. */
  libraries: { path: string; bytes: number }[];
  /** What `dlopen` has given for which library. */
  handles: [handle: number, path: string][];
}
