/** Takes files that are dropped on something. */

import { droppedFiles } from "./dropped_files";

export interface DropHandlers {
  take(file: File): void;
  /** Several files, or those of a folder. */
  takeAll(files: readonly File[]): void;
  /** Whether a file is held over the target now. */
  over(over: boolean): void;
}

/** `signal` ends it. A drop that somebody nearer has taken already is left alone. */
export function acceptDrops(target: EventTarget, handlers: DropHandlers, signal: AbortSignal): void {
  const listen = (type: string, handle: (event: DragEvent) => void): void => {
    target.addEventListener(type, (event) => { handle(event as DragEvent); }, { signal });
  };
  listen("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files") !== true) return;
    event.preventDefault();
    handlers.over(true);
  });
  listen("dragleave", () => { handlers.over(false); });
  listen("drop", (event) => {
    handlers.over(false);
    const transfer = event.dataTransfer;
    if (event.defaultPrevented || transfer === null || transfer.files.length === 0) return;
    event.preventDefault();
    void droppedFiles(transfer).then((files) => {
      const [file] = files;
      if (file !== undefined && files.length === 1 && file.webkitRelativePath === "") handlers.take(file);
      else handlers.takeAll(files);
    });
  });
}
