import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchSite } from "../src/page_site";

const fetched = vi.fn<(address: URL) => Promise<Response>>();
vi.stubGlobal("fetch", fetched);
afterEach(() => { fetched.mockReset(); });

describe("the page's own look at the manifest", () => {
  it("asks for that of its build, so that no cache gives it one of another", async () => {
    fetched.mockResolvedValue(Response.json({ format: 1, title: "Faces", samples: [{ name: "One", path: "one.jpg", kind: "image" }] }));
    const site = await fetchSite(new URL("https://example.org/app/?build=0123456789abcdef"));
    expect(fetched.mock.calls[0]![0].href).toBe("https://example.org/app/manifest.json?build=0123456789abcdef");
    expect(site.samples[0]!.address).toBe("https://example.org/app/one.jpg");
  });

  it("names the manifest, and not its build, where the server has none", async () => {
    fetched.mockResolvedValue(new Response("", { status: 404 }));
    const given = fetchSite(new URL("https://example.org/app/?build=0123456789abcdef"));
    await expect(given).rejects.toThrow("'https://example.org/app/manifest.json' could not be fetched (HTTP 404)");
  });
});
