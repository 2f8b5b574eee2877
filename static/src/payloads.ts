/** What a frame brings and the controls set: payloads as the page's script sees them. */

export interface Box {
  xmin: number;
  ymin: number;
  width: number;
  height: number;
}

export interface Detection {
  label: string;
  score: number;
  box: Box;
  keypoints: { x: number; y: number }[];
}

/** A class with its score, 0..1; `label` is empty where the class has no name. */
export interface Classification {
  index: number;
  score: number;
  label: string;
}

export interface Mask {
  width: number;
  height: number;
  data: Float32Array;
}

export interface Tensor {
  shape: number[];
  data: Float32Array | Int32Array | Uint8Array;
}

/** A packet's payload as the page's script sees it. */
export type Value =
  | ImageBitmap
  | Mask
  | Tensor
  | Tensor[]
  | Detection[]
  | Classification[]
  | object[]
  | string
  | number
  | boolean;

/** What a control shows: the payload of its packet. */
export type Setting = number | boolean | string;

/** What controls show, by the graph inputs that they feed. */
export type Settings = Readonly<Record<string, Setting>>;
