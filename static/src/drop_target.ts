/** Takes files that are dropped on something. */

export interface DropHandlers {
  take(file: File): void;
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
    const file = event.dataTransfer?.files[0];
    if (event.defaultPrevented || file === undefined) return;
    event.preventDefault();
    handlers.take(file);
  });
}
