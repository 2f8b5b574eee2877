import { expect, test } from "vitest";
import { Unpacking } from "../src/python/unpacking";

const BYTES = Uint8Array.from({ length: 100_000 }, (_, index) => (index * index) % 251);
const PACKED = new Uint8Array(await new Response(new Blob([BYTES]).stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer());

function unpackingOf(packed: Uint8Array<ArrayBuffer>, total: number): Unpacking {
  const unpacking = new Unpacking(total);
  for (let at = 0; at < packed.length; at += 1000) unpacking.add(packed.slice(at, at + 1000));
  return unpacking;
}

test("what comes in parts is unpacked whole", async () => {
  expect(await unpackingOf(PACKED, BYTES.length).end()).toEqual(BYTES);
});

test("more or fewer bytes than stated are refused", async () => {
  expect(await unpackingOf(PACKED, BYTES.length - 1).end()).toBeNull();
  expect(await unpackingOf(PACKED, BYTES.length + 1).end()).toBeNull();
});

test("what is no gzip, or only a part of one, is refused", async () => {
  expect(await unpackingOf(Uint8Array.of(1, 2, 3), 3).end()).toBeNull();
  expect(await unpackingOf(PACKED.slice(0, 500), BYTES.length).end()).toBeNull();
});
