/** What the browser must have. */

/** The names of what is missing; each is in Chrome, Edge, Firefox and Safari since 2024 at the latest. */
export function missingFeatures(scope: object = globalThis): string[] {
  const has = (name: string): boolean => name in scope;
  const video: object = (Reflect.get(scope, "HTMLVideoElement") as { prototype: object } | undefined)?.prototype ?? {};
  const needed: [string, boolean][] = [
    ["Web Workers", has("Worker")],
    ["WebAssembly", has("WebAssembly")],
    ["OffscreenCanvas", has("OffscreenCanvas")],
    ["createImageBitmap", has("createImageBitmap")],
    ["video frame callbacks", "requestVideoFrameCallback" in video],
  ];
  return needed.filter(([, there]) => !there).map(([name]) => name);
}
