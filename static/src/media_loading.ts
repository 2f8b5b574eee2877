/** Fetches the script that reads and writes media files, when it is first needed. */

import { provedScript } from "./proved_script";

export type MediaLibrary = typeof import("./media_library");

let loading: Promise<MediaLibrary> | null = null;

/** Rejects with an {@link AppError} where it cannot be fetched; the next call tries again. */
export async function loadMediaLibrary(): Promise<MediaLibrary> {
  loading ??= load();
  try {
    return await loading;
  } catch (error) {
    loading = null;
    throw error;
  }
}

async function load(): Promise<MediaLibrary> {
  return (await import(/* @vite-ignore */ await provedScript("media_library.js"))) as MediaLibrary;
}
