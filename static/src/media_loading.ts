/** Fetches the script that reads and writes media files, when it is first needed. */

import { AppError } from "./failure";
import { mediaLibraryMissing } from "./media_messages";

export type MediaLibrary = typeof import("./media_library");

let loading: Promise<MediaLibrary> | null = null;

/** Rejects with an {@link AppError} where it cannot be fetched; the next call tries again. */
export async function loadMediaLibrary(): Promise<MediaLibrary> {
  // It lies beside the page's own script.
  const address = new URL("media_library.js", import.meta.url).href;
  loading ??= import(/* @vite-ignore */ address) as Promise<MediaLibrary>;
  try {
    return await loading;
  } catch {
    loading = null;
    throw new AppError(mediaLibraryMissing(address));
  }
}
