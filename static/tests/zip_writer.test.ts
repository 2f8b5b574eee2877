/** A zip of results: what it holds, and where it is full. */

import { unzipSync, Zip, ZipPassThrough } from "fflate";
import { describe, expect, it } from "vitest";
import type { MediaLibrary } from "../src/media_loading";
import { ZipWriter } from "../src/zip_writer";

const LIBRARY = { Zip, ZipPassThrough } as unknown as MediaLibrary;

/** Says that it is so large, and holds nothing. */
function large(size: number): Blob {
  return { size, arrayBuffer: () => Promise.resolve(new ArrayBuffer(0)) } as unknown as Blob;
}

describe("a zip", () => {
  it("holds what was added", async () => {
    const zip = new ZipWriter(LIBRARY);
    await zip.addImage(zip.fresh("output/a.png"), new Blob(["picture"]));
    await zip.add(zip.fresh("results.jsonl"), new Blob(["lines"]));
    const files = unzipSync(new Uint8Array(await zip.close().arrayBuffer()));
    const texts = Object.entries(files).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
    expect(texts).toEqual([["output/a.png", "picture"], ["results.jsonl", "lines"]]);
  });

  it("takes no image beyond 4 GB, where readers would find nothing, and still the list of results", async () => {
    const zip = new ZipWriter(LIBRARY);
    await zip.addImage("a.png", large(3e9));
    await expect(zip.addImage("b.png", large(1.1e9))).rejects.toThrow("The zip is full (4 GB, or 65,534 images)");
    await zip.addImage("c.png", large(1e9));
    await zip.add("results.jsonl", new Blob(["lines"]));
  });
});
