/** What the converter's proof needs of Node. */
declare module "node:fs" {
  export function readFileSync(path: string): Uint8Array;
  export function writeFileSync(path: string, data: Uint8Array): void;
}

declare module "node:path" {
  export function join(...parts: string[]): string;
}

declare module "node:process" {
  export const argv: readonly string[];
  export const stdin: { isTTY?: boolean };
  export const stdout: { write(text: string): boolean };
}

declare module "node:readline" {
  /** The lines of a stream, as they come. */
  export function createInterface(options: { input: unknown }): AsyncIterable<string>;
}
