/** Whether this browser and device have WebGPU. */

export async function gpuUnavailable(): Promise<string | null> {
  const gpu = (navigator as { gpu?: GPU }).gpu;
  if (gpu === undefined) {
    return isSecureContext ? "this browser has no WebGPU" : "browsers offer WebGPU only over https or from localhost";
  }
  return (await gpu.requestAdapter()) ? null : "this device offers no WebGPU adapter";
}
