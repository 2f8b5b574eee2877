/**
 * The truth that a backend must tell before it may be chosen: the build ran each model on the desktop on an input
 * that both sides make from nothing (pyweb_ml/bundle/reference.py is its twin), and ships the outputs.
 */

import type { Reference, ReferenceOutput, TensorKind } from "../protocol";
import type { TensorArray, TensorValue } from "./engine";
import { arrayOf, dtypeOf, sizeOf } from "./engine";

/** Noise is drawn at this many places across a picture's height and width, and runs smoothly between them. */
const CELLS = 6;

/** What tells the noise of one place from another's: more than CELLS + 1. */
const STRIDE = 64;

/** The reference input of a kind: smooth noise in [0, 1) for float32, in 0..255 for uint8, zeros for int32. */
export function referenceInput({ shape, dtype }: TensorKind, seed: number): TensorValue {
  const data = arrayOf(dtype, sizeOf(shape));
  if (dtype === "int32") return { shape, data };
  const [height, width, channels] = pictureOf(shape);
  const scale = dtype === "uint8" ? 256 : 1;
  for (let index = 0; index < data.length; index++) {
    const column = Math.floor(index / channels);
    const row = Math.floor(column / width);
    const start = (seed * STRIDE + Math.floor(row / height)) * STRIDE;
    const [y, x] = [((row % height) * CELLS) / height, ((column % width) * CELLS) / width];
    data[index] = scale * between(start, y, x, index % channels);
  }
  return { shape, data };
}

/** Height, width and channels, where a shape has them; else all is one row. */
function pictureOf(shape: readonly number[]): [height: number, width: number, channels: number] {
  if (shape.length < 3) return [1, Math.max(sizeOf(shape), 1), 1];
  return [shape.at(-3)!, shape.at(-2)!, shape.at(-1)!];
}

/** Bilinear between the four places around (y, x). */
function between(start: number, y: number, x: number, channel: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const at = (row: number, column: number): number =>
    noise(((start + top + row) * STRIDE + left + column) * STRIDE + channel);
  const [down, right] = [y - top, x - left];
  const upper = at(0, 0) * (1 - right) + at(0, 1) * right;
  const lower = at(1, 0) * (1 - right) + at(1, 1) * right;
  return upper * (1 - down) + lower * down;
}

/** In [0, 1), of 24 bits: what a float32 holds exactly. */
function noise(index: number): number {
  return (scramble(index) >>> 8) / 0x1000000;
}

/** The finaliser of MurmurHash3 (Appleby, public domain): each bit of the result hangs on all bits of `index`. */
function scramble(index: number): number {
  let bits = (index + 1) | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}

export function inputsOf({ inputs, seed }: Reference): TensorValue[] {
  return inputs.map((kind) => referenceInput(kind, seed));
}

/** Why outputs are not those of the reference, in one line; null if they are. `truth`: the reference's asset. */
export function lieOf(outputs: readonly TensorValue[], reference: Reference, truth: Uint8Array): string | null {
  const wanted = reference.outputs;
  if (outputs.length !== wanted.length) return `it gives ${outputs.length} outputs, not ${wanted.length}`;
  let at = 0;
  for (const [index, kind] of wanted.entries()) {
    const numbers = new DataView(truth.buffer, truth.byteOffset + at, kind.count * 4);
    const lie = differs(outputs[index]!, kind, numbers);
    if (lie !== null) return `its output ${index} ${lie}`;
    at += kind.count * 4;
  }
  return null;
}

function differs({ shape, data }: TensorValue, wanted: ReferenceOutput, truth: DataView): string | null {
  const [given, due] = [`${dtypeOf(data)} (${shape.join(", ")})`, `${wanted.dtype} (${wanted.shape.join(", ")})`];
  if (given !== due) return `is ${given}, not ${due}`;
  const bad = data.findIndex((one: number) => !Number.isFinite(one));
  if (bad >= 0) return `holds ${data[bad]!} at ${bad}`;
  const drift = furthest(data, wanted.count, truth);
  if (drift <= wanted.tolerance) return null;
  return `is off by ${drift.toPrecision(2)}, more than ${wanted.tolerance.toPrecision(2)}`;
}

function furthest(data: TensorArray, count: number, truth: DataView): number {
  let drift = 0;
  for (let index = 0; index < count; index++) {
    const at = Math.floor((index * data.length) / count);
    drift = Math.max(drift, Math.abs(data[at]! - truth.getFloat32(index * 4, true)));
  }
  return drift;
}
