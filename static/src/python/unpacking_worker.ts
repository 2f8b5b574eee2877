/** A worker beside Python's own, which unpacking would hold for as long as it takes: browsers unpack where it is asked. */

import { messageOf } from "../engines/engine";
import type { PackedFile } from "./packed_file";
import { fetchPacked } from "./packed_file";

/** A file, and where its answers go. */
export interface UnpackingTask {
  file: PackedFile;
  port: MessagePort;
}

export type UnpackingAnswer =
  | { type: "progress"; loaded: number; total: number }
  | { type: "unpacked"; bytes: Uint8Array<ArrayBuffer> }
  | { type: "failed"; message: string };

self.onmessage = ({ data }: MessageEvent<UnpackingTask>): void => {
  const post = (answer: UnpackingAnswer, transfer: Transferable[] = []): void => { data.port.postMessage(answer, transfer); };
  fetchPacked(data.file, (loaded, total) => { post({ type: "progress", loaded, total }); }).then(
    (bytes) => { post({ type: "unpacked", bytes }, [bytes.buffer]); },
    (error: unknown) => { post({ type: "failed", message: messageOf(error) }); },
  );
};
