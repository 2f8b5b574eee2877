import { describe, expect, it } from "vitest";
import { mixed, packetsASecond, readAudioFormat } from "../src/audio_format";
import { Chunker, type Chunk } from "../src/chunker";

const FORMAT = { sample_rate: 1_000_000, window: 4, hop: 2, channels: 1 };

function cut(count: number, size: number): Chunk[] {
  const samples = Float32Array.from({ length: count }, (_, at) => at + 1);
  const chunker = new Chunker(FORMAT);
  const chunks: Chunk[] = [];
  for (let at = 0; at < count; at += size) chunks.push(...chunker.push(samples.subarray(at, at + size)));
  return [...chunks, ...chunker.flush()];
}

// The same cases as in tests/runner/test_sound.py.
describe("chunker", () => {
  it.each([
    [0, []],
    [1, [0]],
    [4, [0]],
    [5, [0, 2]],
    [6, [0, 2]],
    [7, [0, 2, 4]],
  ])("has every one of %i samples in a chunk, and ends the last chunk in silence", (count, starts) => {
    for (const size of [1, 3, 100]) {
      const chunks = cut(count, size);
      expect(chunks.map(({ timestamp }) => timestamp)).toEqual(starts);
      for (const { timestamp, sound } of chunks) {
        const expected = [1, 2, 3, 4].map((at) => (timestamp + at > count ? 0 : timestamp + at));
        expect([sound.shape, [...sound.data]]).toEqual([[4, 1], expected]);
      }
    }
  });
});

describe("audio format", () => {
  it("mixes all channels into one, or gives one twice", () => {
    const planes = [Float32Array.of(1, 0), Float32Array.of(0, 0.5)];
    expect([...mixed(planes, 1)]).toEqual([0.5, 0.25]);
    expect([...mixed(planes, 2)]).toEqual([1, 0, 0, 0.5]);
    expect([...mixed(planes.slice(0, 1), 2)]).toEqual([1, 1, 0, 0]);
  });

  it("refuses a manifest whose format is none", () => {
    expect(readAudioFormat({ audio: FORMAT }, "manifest.json")).toEqual(FORMAT);
    expect(readAudioFormat({}, "manifest.json")).toBeNull();
    for (const wrong of [{ hop: 5 }, { window: 0 }, { channels: 3 }, { sample_rate: 0.5 }]) {
      const read = (): unknown => readAudioFormat({ audio: { ...FORMAT, ...wrong } }, "manifest.json");
      expect(read).toThrow("'manifest.json' is no manifest of a built app ('audio' is no format)");
    }
  });
});

describe("the packets that may wait", () => {
  it.each([
    ["those that begin within a second", 16_000, 4_000, 2_400, 7],
    ["one, where a packet is longer than a second", 16_000, 48_000, 48_000, 1],
    ["fewer, where packets of a minute begin every millisecond", 16_000, 960_000, 16, 4],
    ["one, where there is not even room for one", 384_000, 23_040_000, 384, 1],
  ])("are %s", (_, sample_rate, window, hop, count) => {
    expect(packetsASecond({ sample_rate, window, hop, channels: 1 })).toBe(count);
  });
});
