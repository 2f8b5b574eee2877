/** The compiled kernels as a data: address (vite's `?url&inline`). */
declare module "*.wasm?url&inline" {
  const address: string;
  export default address;
}
