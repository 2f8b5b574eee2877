/** Scripts beside the page's own that it loads when they are first needed, each proved before it runs. */

import { AppError } from "./failure";
import { scriptDamaged } from "./media_messages";

/** By name, what the attribute `integrity` would say of it (https://www.w3.org/TR/SRI/); put here by build.mjs. */
declare const PYWEBML_SCRIPTS: Readonly<Record<string, string>> | undefined;

const SCRIPTS = typeof PYWEBML_SCRIPTS === "object" ? PYWEBML_SCRIPTS : {};

/** The address of a script, once its bytes are in the browser's cache; rejects with an {@link AppError} unless they are those that were built. */
export async function provedScript(name: string): Promise<string> {
  const address = new URL(name, import.meta.url).href;
  try {
    await fetch(address, { integrity: SCRIPTS[name] ?? "" });
    return address;
  } catch {
    throw new AppError(scriptDamaged(address));
  }
}
