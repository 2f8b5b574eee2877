/** What was measured on an earlier visit, for this browser, device, site and version. */

import type { BackendReport, Manifest } from "../protocol";

const STORE = "pywebml-backends";

/** What of a report still holds on the next visit. */
export type Remembered = Pick<BackendReport, "backend" | "threads" | "milliseconds" | "reason"> & { excluded: boolean };

export class ChoiceStore {
  private readonly address: string;

  constructor(base: string, manifest: Pick<Manifest, "models" | "engines">) {
    const models = Object.values(manifest.models).map(({ sha256 }) => sha256);
    const { backends, version } = manifest.engines;
    const { userAgent, hardwareConcurrency } = navigator;
    const key = JSON.stringify([models, backends, version, userAgent, hardwareConcurrency, crossOriginIsolated]);
    this.address = new URL(`?backends=${encodeURIComponent(key)}`, base).href;
  }

  /** Empty where nothing was kept, or where the browser keeps nothing (as in some private windows). */
  async recall(): Promise<Remembered[]> {
    try {
      const kept = await (await caches.open(STORE)).match(this.address);
      return kept ? checked(await kept.json()) : [];
    } catch {
      return [];
    }
  }

  async keep(remembered: readonly Remembered[]): Promise<void> {
    try {
      await (await caches.open(STORE)).put(this.address, Response.json(remembered));
    } catch {
      // Measured again on the next visit.
    }
  }
}

/** Pages of the same origin may write here too. */
function checked(value: unknown): Remembered[] {
  return Array.isArray(value) ? value.filter(isRemembered) : [];
}

function isRemembered(value: unknown): value is Remembered {
  const one = value as Partial<Remembered> | null;
  const took = one?.milliseconds;
  return typeof one?.backend === "string" && typeof one.threads === "number" && typeof one.reason === "string" &&
    typeof one.excluded === "boolean" && (took === null || typeof took === "number");
}
