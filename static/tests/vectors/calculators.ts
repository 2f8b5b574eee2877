/** The calculators that only the vectors have: tests/vectors/README.md of the repository says what each one does. */

import type { Calculator, CalculatorContext, CalculatorType, Contract, Options } from "../../src/graph/calculator";
import * as Timestamp from "../../src/graph/timestamp";
import type { VectorTimestamp } from "./special";
import { fromVector, toVector } from "./special";

type Make = (options: Options) => Calculator;

const OFFSET_0: Contract = { timestampOffset: 0 };

function type(name: string, contract: Contract, create: Make): CalculatorType<unknown> {
  return { name: `${name}TestCalculator`, contract, create };
}

function process(work: (context: CalculatorContext, value: unknown, options: Options) => void): Make {
  return (options) => ({
    process: (context) => {
      work(context, context.inputAt("", 0), options);
    },
  });
}

function payloads(context: CalculatorContext): unknown[] {
  return context.ports.map(({ tag, index }) => context.inputAt(tag, index) ?? null);
}

function isEmpty(context: CalculatorContext): boolean {
  return context.ports.every(({ tag, index }) => context.inputAt(tag, index) === undefined);
}

function log(countsEmpty: boolean): Make {
  return () => {
    let calls = 0;
    return {
      process(context) {
        if (!countsEmpty && isEmpty(context)) return;
        context.emitAt("", 0, calls++, [toVector(context.timestamp), payloads(context)]);
      },
    };
  };
}

const life: Make = () => {
  let calls = 0;
  const say = (context: CalculatorContext, what: unknown): void => {
    context.emitAt("", 0, calls++, what);
  };
  return {
    open: (context) => {
      say(context, "open");
    },
    process: (context) => {
      say(context, ["process", toVector(context.timestamp)]);
    },
    close: (context) => {
      say(context, "close");
    },
  };
};

const clock = process((context) => {
  context.emit("", context.clock.now());
});

const even = process((context, value) => {
  if (Number.isInteger(value) && (value as number) % 2 === 0) context.emit("", value);
});

const split = process((context, value) => {
  context.emitAt("", Math.abs((value as number) % 2), context.timestamp, value);
});

function later(by: number): Make {
  return process((context, value) => {
    context.emitAt("", 0, Timestamp.plus(context.timestamp, by), value);
  });
}

const bound = process((context, value) => {
  context.setNextTimestampBound("", 0, fromVector(value as VectorTimestamp));
});

type Listed = readonly (readonly [VectorTimestamp, unknown])[];

function emitAll(context: CalculatorContext, packets: Listed): void {
  for (const [at, value] of packets) context.emitAt("", 0, fromVector(at), value);
}

const emit = process((context, value) => {
  emitAll(context, value as Listed);
});

const openClose: Make = (options) => ({
  open: (context) => {
    emitAll(context, (options["open"] as Listed | undefined) ?? []);
  },
  process: (context) => {
    context.emit("", context.inputAt("", 0));
  },
  close: (context) => {
    emitAll(context, (options["close"] as Listed | undefined) ?? []);
  },
});

const summary: Make = () => {
  const seen: unknown[] = [];
  return {
    process: (context) => void seen.push(context.inputAt("", 0)),
    close: (context) => {
      context.emitAt("", 0, Timestamp.MAX, seen);
    },
  };
};

const add = process((context) => {
  const present = payloads(context).filter((one) => one !== null) as number[];
  context.emit(
    "",
    present.reduce((sum, one) => sum + one, 0),
  );
});

const scale = process((context, value, options) => {
  context.emit("", (value as number) * (options["by"] as number));
});

const unitDelay: Make = () => ({
  open: (context) => {
    context.emitAt("", 0, 0, 0);
  },
  process: (context) => {
    context.emitAt("", 0, Timestamp.plus(context.timestamp, 1), context.inputAt("", 0));
  },
});

const count: Make = (options) => {
  const { count, start = 1, first = 0, step = 1 } = options as Partial<Record<string, number>>;
  let calls = 0;
  return {
    process(context) {
      if (calls === count) context.stop();
      else context.emitAt("", 0, first + calls * step, start + calls);
      calls++;
    },
  };
};

const stop = process((context, value) => {
  if (value === "stop") context.stop();
  else context.emit("", value);
});

const closeOutput = process((context, value) => {
  if (value === "close") context.closeOutput("", 0);
  else context.emit("", value);
});

const fail: Make = ({ where }) => {
  const failIn = (method: string): void => {
    if (where === method) throw new Error(`it fails in ${method} on purpose`);
  };
  return {
    open: () => {
      failIn("open");
    },
    process: (context) => {
      const value = context.inputAt("", 0);
      if (value === "fail") failIn("process");
      context.emit("", value);
    },
    close: () => {
      failIn("close");
    },
  };
};

const side: Make = ({ value, times = 1, where = "open" }) => {
  const setIn = (method: string, context: CalculatorContext): void => {
    for (let time = 0; where === method && time < (times as number); time++) context.emitSide("", value);
  };
  return {
    open: (context) => {
      setIn("open", context);
    },
    process: (context) => {
      setIn("process", context);
      if (!context.ports.length) context.stop();
    },
    close: (context) => {
      setIn("close", context);
    },
  };
};

const withSide = process((context, value) => {
  context.emit("", [value, context.side("")]);
});

export const TEST_CALCULATORS: readonly CalculatorType<unknown>[] = [
  type("Join", OFFSET_0, process((context) => { context.emit("", payloads(context)); })),
  type("Log", {}, log(false)),
  type("BoundLog", { processTimestampBounds: true }, log(true)),
  type("ImmediateLog", { inputStreamHandler: "ImmediateInputStreamHandler" }, log(false)),
  type("Life", {}, life),
  type("Clock", OFFSET_0, clock),
  type("Empty", OFFSET_0, process(() => undefined)),
  type("Even", OFFSET_0, even),
  type("Hold", {}, even),
  type("Split", OFFSET_0, split),
  type("Later", { timestampOffset: 10 }, later(10)),
  type("Earlier", { timestampOffset: -10 }, later(-10)),
  type("Bound", {}, bound),
  type("BoundOffset", OFFSET_0, bound),
  type("Emit", {}, emit),
  type("EmitOffset", OFFSET_0, emit),
  type("OpenClose", {}, openClose),
  type("OpenCloseOffset", OFFSET_0, openClose),
  type("Summary", {}, summary),
  type("Add", OFFSET_0, add),
  type("Scale", OFFSET_0, scale),
  type("UnitDelay", {}, unitDelay),
  type("Count", {}, count),
  type("Stop", OFFSET_0, stop),
  type("CloseOutput", OFFSET_0, closeOutput),
  type("Fail", OFFSET_0, fail),
  type("Side", {}, side),
  type("WithSide", OFFSET_0, withSide),
];
