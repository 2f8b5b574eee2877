/** What the commands under tests/ and benchmarks/ need of Node. */
declare module "node:fs" {
  export function readdirSync(folder: string): string[];
  export function readFileSync(path: string, encoding: "utf8"): string;
  export function writeFileSync(path: string, text: string): void;
}

declare module "node:readline" {
  /** The lines of a stream, as they come. */
  export function createInterface(options: { input: unknown }): AsyncIterable<string>;
}

declare module "node:process" {
  export const stdin: { isTTY?: boolean };
}
