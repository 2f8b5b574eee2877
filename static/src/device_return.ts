/** A camera or a microphone that was pulled out while it ran, until it is plugged in again. */

import type { Device } from "./source";

export interface DeviceReturnEvents {
  /** The browser no longer lists it. Never told of a device that was only taken away, as by another permission. */
  gone(): void;
  /** It is listed again; nothing more is told. */
  back(): void;
}

export class DeviceReturn {
  #awaited: Device | null = null;
  #waiting = new AbortController();

  /** What is waited for; null: nothing. */
  get awaited(): Device | null {
    return this.#awaited;
  }

  /** Of a device whose id is empty, the browser tells nothing, so nothing is waited for. */
  wait(device: Device, events: DeviceReturnEvents): void {
    this.stop();
    if (device.id === "") return;
    this.#awaited = device;
    const { signal } = (this.#waiting = new AbortController());
    let isGone = false;
    const look = async (): Promise<void> => {
      const isHere = await isListed(device);
      if (signal.aborted || isHere === null || isHere !== isGone) return;
      isGone = !isHere;
      if (isGone) {
        events.gone();
      } else {
        this.stop();
        events.back();
      }
    };
    navigator.mediaDevices.addEventListener("devicechange", () => void look(), { signal });
    void look();
  }

  stop(): void {
    this.#awaited = null;
    this.#waiting.abort();
  }
}

/** Null where the browser does not say: it hides the ids from a page that may not use such devices. */
async function isListed({ kind, id }: Device): Promise<boolean | null> {
  const devices = await listed(kind);
  if (devices?.every(({ deviceId }) => deviceId !== "") !== true) return null;
  return devices.some(({ deviceId }) => deviceId === id);
}

/**
 * The device that a running track is of. "default" and "communications" stand for whichever microphone the system has
 * set, which may be another one by the time that it is back: the one of the same group is meant.
 * https://www.w3.org/TR/mediacapture-streams/#dom-mediatracksettings-groupid
 */
export async function deviceOf(kind: Device["kind"], track: MediaStreamTrack): Promise<Device> {
  const { deviceId = "", groupId } = track.getSettings();
  if (!ALIASES.includes(deviceId)) return { kind, id: deviceId };
  const devices = (await listed(kind)) ?? [];
  const real = devices.find((one) => one.groupId === groupId && !ALIASES.includes(one.deviceId));
  return { kind, id: real?.deviceId ?? "" };
}

const ALIASES: readonly string[] = ["default", "communications"];

/** Null where the browser refuses. */
async function listed(kind: Device["kind"]): Promise<MediaDeviceInfo[] | null> {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => null);
  return devices?.filter((one) => one.kind === INPUTS[kind]) ?? null;
}

const INPUTS: Readonly<Record<Device["kind"], MediaDeviceKind>> = { camera: "videoinput", microphone: "audioinput" };
