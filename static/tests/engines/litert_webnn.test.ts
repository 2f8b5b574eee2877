import { afterEach, describe, expect, it, vi } from "vitest";

import { backend } from "../../src/engines/litert_webnn";

afterEach(() => { vi.unstubAllGlobals(); });

describe("litert-webnn", () => {
  it("says that the browser has no WebNN", async () => {
    vi.stubGlobal("navigator", {});
    expect(await backend.unavailable()).toBe("this browser has no WebNN");
  });

  it("says why the browser's WebNN cannot be had", async () => {
    const refusal = new DOMException("WebNN is not supported on this platform.", "NotSupportedError");
    vi.stubGlobal("navigator", { ml: { createContext: () => Promise.reject(refusal) } });
    const why = "this browser's WebNN gives no context: WebNN is not supported on this platform";
    expect(await backend.unavailable()).toBe(why);
  });

  it("says that it is not used yet where it could be, and gives the context back", async () => {
    const destroy = vi.fn();
    vi.stubGlobal("navigator", { ml: { createContext: () => Promise.resolve({ destroy }) } });
    expect(await backend.unavailable()).toBe("PyWebML has not been tried with WebNN yet, so it does not use it");
    expect(destroy).toHaveBeenCalledOnce();
  });
});
