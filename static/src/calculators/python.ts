/** The user's own calculators: each is left out of a frame while Python starts, or waited for. */

import type { Calculator, CalculatorContext, CalculatorType, Options } from "../graph/calculator";
import type { Kernels } from "../kernels";
import type { PageCalculator } from "../python/host";
import { PythonSink, toPython } from "../python/payloads";

export interface PythonServices {
  readonly kernels: Kernels;
  readonly python: {
    /** Undefined until Python has started. */
    readonly create: ((name: string, options: Options) => PageCalculator) | undefined;
    /** Whether this frame goes on without Python; else `process` waits for `started`. */
    readonly partial: boolean;
    readonly started: Promise<void>;
    /** Called with the node's name for a frame that went on without it. */
    leaveOut(node: string): void;
    /** Called before a node's Python runs, so that one that never returns can be named. */
    entering(node: string, timestamp: number): void;
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
  private isOpen = false;

  constructor(
    private readonly type: string,
    private readonly options: Options,
    private readonly services: PythonServices,
    private readonly node: string,
  ) {}

  process(context: CalculatorContext): void | Promise<void> {
    const { python } = this.services;
    if (python.create) {
      this.run(context);
    } else if (python.partial) {
      python.leaveOut(this.node);
    } else {
      return python.started.then(() => {
        this.run(context);
      });
    }
  }

  close(): void {
    if (this.isOpen) raise(this.calculator?.close());
    this.isOpen = false;
  }

  private run(context: CalculatorContext): void {
    const { python, kernels } = this.services;
    python.entering(this.node, context.timestamp);
    this.calculator ??= python.create!(this.type, this.options);
    if (!this.isOpen) raise(this.calculator.open());
    this.isOpen = true;
    const given = context.tags.map((tag) => toPython(context.input(tag)));
    raise(this.calculator.process(context.tags, given, new PythonSink(kernels, context)));
  }
}

function raise(failure: string | undefined): void {
  if (failure === undefined) return;
  const { message, stack } = JSON.parse(failure) as { message: string; stack: string };
  throw new PythonError(message, stack);
}
