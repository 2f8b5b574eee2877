import address from "../../../pyweb_ml/web/kernels.wasm?url&inline";
import { Kernels } from "../../src/kernels";

/** The compiled kernels, with a memory of their own. */
export async function loadKernels(): Promise<Kernels> {
  return Kernels.load(await fetch(address));
}
