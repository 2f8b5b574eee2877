/** The user's own calculators: each is left out of a frame while Python is still starting. */

import type { Calculator, CalculatorContext, CalculatorType, Options } from "../graph/calculator";
import type { Kernels } from "../kernels";
import type { PageCalculator } from "../python/host";
import { Payloads } from "../python/payloads";

type CreateCalculator = (name: string, options: Options, tags: readonly string[]) => PageCalculator;

export interface PythonServices {
  readonly kernels: Kernels;
  readonly python: {
    /** Undefined until Python has started. */
    readonly create: CreateCalculator | undefined;
    /** Called with the node's name for a frame that went on without it. */
    leaveOut(node: string, timestamp: number): void;
    /** Told of each call, so that one that never returns can be named. */
    readonly calls: { enter(node: string, timestamp: number): void; leave(): void };
  };
}

/** A Python calculator raised, or returned something wrong: Python's own message and traceback. */
export class PythonError extends Error {
  override name = "PythonError";
  constructor(message: string, stack: string) {
    super(message);
    this.stack = stack;
  }
}

/** The calculator type for the user's calculator `name`. */
export function pythonCalculator(name: string): CalculatorType<PythonServices> {
  return { name, create: (options, services, node) => new PythonCalculator(name, options, services, node) };
}

class PythonCalculator implements Calculator {
  private calculator: PageCalculator | undefined;
  private payloads: Payloads | undefined;
  private isOpen = false;

  constructor(
    private readonly type: string,
    private readonly options: Options,
    private readonly services: PythonServices,
    private readonly node: string,
  ) {}

  process(context: CalculatorContext): void {
    const { python } = this.services;
    if (python.create) this.run(python.create, context);
    else python.leaveOut(this.node, context.timestamp);
  }

  close(): void {
    if (this.isOpen) raise(this.calculator?.close());
    this.isOpen = false;
  }

  private run(create: CreateCalculator, context: CalculatorContext): void {
    const { calls } = this.services.python;
    calls.enter(this.node, context.timestamp);
    try {
      this.call(create, context);
    } finally {
      calls.leave();
    }
  }

  private call(create: CreateCalculator, context: CalculatorContext): void {
    this.calculator ??= create(this.type, this.options, context.tags);
    if (!this.isOpen) raise(this.calculator.open());
    this.isOpen = true;
    const { memory, types } = this.calculator;
    this.payloads ??= new Payloads(memory, this.services.kernels, types);
    const given = this.payloads.toPython(context.tags.map((tag) => context.input(tag)));
    const reply = this.calculator.process(given);
    if (reply.startsWith("{")) raise(reply);
    this.payloads.fromPython(reply, (index, payload) => { context.emit(tagOf(index), payload); });
  }
}

/** Untagged outputs go by position; the first is "". */
function tagOf(index: number): string {
  return index ? String(index) : "";
}

/** A failure is JSON of an object, {"message", "stack"}. */
function raise(failure: string | undefined): void {
  if (failure === undefined) return;
  const { message, stack } = JSON.parse(failure) as { message: string; stack: string };
  throw new PythonError(message, stack);
}
