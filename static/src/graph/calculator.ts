/** What a calculator is: made from its options, opened, given packets timestamp by timestamp, closed. */

/** A payload that lives outside JavaScript's heap: counted, and given back when nothing holds it. */
export interface Shared {
  retain(): void;
  release(): void;
}

export function isShared(value: unknown): value is Shared {
  return typeof value === "object" && value !== null && "retain" in value && "release" in value;
}

/** What a calculator sees while it runs; ports go by their tag, "" for none. */
export interface CalculatorContext {
  readonly timestamp: number;
  /** The tags of the connected inputs. */
  readonly tags: readonly string[];
  /** The packet at this timestamp, or undefined if this stream has none. */
  input<T>(tag: string): T | undefined;
  /** Like {@link input}, where the calculator cannot do without. */
  require<T>(tag: string): T;
  side<T>(tag: string): T;
  /** Whether anything reads this output. */
  wanted(tag: string): boolean;
  emit(tag: string, value: unknown): void;
  emitSide(tag: string, value: unknown): void;
}

export interface Calculator {
  open?(context: CalculatorContext): void | Promise<void>;
  process(context: CalculatorContext): void | Promise<void>;
  close?(context: CalculatorContext): void | Promise<void>;
}

/** A calculator's fields by MediaPipe's option names, as they stand in the config: fields left out are absent. */
export type Options = Readonly<Record<string, unknown>>;

/** A kind of calculator, by MediaPipe's name; `S` is what it needs of the outside (kernels, an engine). */
export interface CalculatorType<S> {
  readonly name: string;
  create(options: Options, services: S, node: string): Calculator;
}
