/** A camera that was pulled out while it ran, until it is plugged in again. */

export interface CameraReturnEvents {
  /** The browser no longer lists it. Never told of a camera that was only taken away, as by another permission. */
  gone(): void;
  /** It is listed again; nothing more is told. */
  back(camera: string): void;
}

export class CameraReturn {
  #waiting = new AbortController();

  /** `camera`: the id that its track's settings gave; empty where the browser tells none, so that nothing is waited for. */
  wait(camera: string, events: CameraReturnEvents): void {
    this.stop();
    if (camera === "") return;
    const { signal } = (this.#waiting = new AbortController());
    let isGone = false;
    const look = async (): Promise<void> => {
      const isHere = await isListed(camera);
      if (signal.aborted || isHere === null || isHere !== isGone) return;
      isGone = !isHere;
      if (isGone) {
        events.gone();
      } else {
        this.stop();
        events.back(camera);
      }
    };
    navigator.mediaDevices.addEventListener("devicechange", () => void look(), { signal });
    void look();
  }

  stop(): void {
    this.#waiting.abort();
  }
}

/** Null where the browser does not say: it hides the ids from a page that may use no camera. */
async function isListed(camera: string): Promise<boolean | null> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => null);
  const cameras = devices?.filter(({ kind }) => kind === "videoinput");
  if (cameras?.every(({ deviceId }) => deviceId !== "") !== true) return null;
  return cameras.some(({ deviceId }) => deviceId === camera);
}
