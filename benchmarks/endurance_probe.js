// Runs before a worker's own script; `endurance()` then says what the worker holds outside its JavaScript heap.
{
  const memories = new Set();
  const gpu = { objects: 0, bytes: 0 };

  const watchMemories = () => {
    const remember = (memory) => {
      if (![...memories].some((one) => one.deref() === memory)) memories.add(new WeakRef(memory));
    };
    const rememberExports = (instance) => {
      for (const one of Object.values(instance.exports)) if (one instanceof Memory) remember(one);
    };
    const { Memory } = WebAssembly;
    WebAssembly.Memory = class extends Memory {
      constructor(...all) {
        super(...all);
        remember(this);
      }
    };
    // A memory that a module makes for itself is an instance of the original class.
    Object.defineProperty(WebAssembly.Memory, Symbol.hasInstance, { value: (one) => Memory[Symbol.hasInstance](one) });
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const original = WebAssembly[name];
      WebAssembly[name] = async (...all) => {
        const made = await original.apply(WebAssembly, all);
        rememberExports(made.instance ?? made);
        return made;
      };
    }
  };

  const add = (size) => { gpu.objects += 1; gpu.bytes += size; };
  const remove = (size) => { gpu.objects -= 1; gpu.bytes -= size; };
  // What is forgotten without being destroyed is given back when it is collected.
  const forgotten = new FinalizationRegistry(remove);
  const count = (owner, make, sizeOf) => {
    const original = owner.prototype[make];
    owner.prototype[make] = function (...all) {
      const made = original.apply(this, all);
      const { destroy } = made;
      const size = sizeOf(made);
      add(size);
      forgotten.register(made, size, made);
      made.destroy = function () {
        if (forgotten.unregister(made)) remove(size);
        return destroy.call(made);
      };
      return made;
    };
  };

  const watchWebGpu = () => {
    if (globalThis.GPUDevice) {
      count(GPUDevice, "createBuffer", ({ size }) => size);
      count(GPUDevice, "createTexture", ({ width, height, depthOrArrayLayers }) => width * height * depthOrArrayLayers);
    }
  };

  const watchWebGl = () => {
    for (const what of globalThis.WebGL2RenderingContext ? ["Texture", "Buffer", "Framebuffer"] : []) {
      const { prototype } = WebGL2RenderingContext;
      const [create, remover] = [prototype[`create${what}`], prototype[`delete${what}`]];
      const made = new WeakSet();
      prototype[`create${what}`] = function () {
        const one = create.call(this);
        if (one) made.add(one), add(0);
        return one;
      };
      prototype[`delete${what}`] = function (one) {
        if (one && made.delete(one)) remove(0);
        return remover.call(this, one);
      };
    }
  };

  watchMemories();
  watchWebGpu();
  watchWebGl();
  globalThis.endurance = async () => {
    gc();
    await new Promise((resolve) => { setTimeout(resolve); });
    const alive = [...memories].map((one) => one.deref()).filter(Boolean);
    const tensors = globalThis._tfengine?.memory();
    return {
      wasm: alive.reduce((sum, { buffer }) => sum + buffer.byteLength, 0),
      gpuObjects: gpu.objects,
      gpuBytes: gpu.bytes,
      tensors: tensors?.numTensors ?? 0,
      tensorBuffers: tensors?.numDataBuffers ?? 0,
    };
  };
}
