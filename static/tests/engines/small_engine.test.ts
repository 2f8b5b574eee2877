import { expect, test } from "vitest";

import { Deferred } from "../../src/deferred";
import { Candidate } from "../../src/engines/candidate";
import { Inference } from "../../src/engines/inference";
import { Line } from "../../src/engines/line";
import { SmallEngine } from "../../src/engines/small_engine";
import { LoadError } from "../../src/loading";
import type { Behaviour } from "./fakes";
import { FakeStarter } from "./fakes";

const USUAL = "litert-wasm";
const SMALL = "tfjs-wasm";

interface Begun {
  inference: Inference;
  fake: FakeStarter;
  line: Line;
  /** When something runs. */
  begun: Promise<void>;
  /** When the usual engine does. */
  usual: Promise<void>;
  reported: string[];
}

function begin(usually: Behaviour, small: Behaviour = {}): Begun {
  const fake = new FakeStarter({ [USUAL]: usually, [SMALL]: small });
  const inference = new Inference([new Candidate(USUAL, 1)], fake.starter, () => undefined);
  const [line, reported] = [new Line(), [] as string[]];
  const usual = inference.begin();
  usual.catch(() => undefined);
  const engine = new SmallEngine(inference, SMALL, (_, name) => reported.push(name));
  return { inference, fake, line, begun: engine.begin(usual, line), usual, reported };
}

test("on a line that is fast enough, the small engine is not asked for", async () => {
  const { begun, inference, fake } = begin({});
  await begun;
  expect(inference.chosen.backend).toBe(USUAL);
  expect(fake.started).toEqual([`${USUAL} on 1 thread`]);
});

test("on a slow line it runs until the usual one does, which then may have the line", async () => {
  const came = new Deferred<void>();
  const { begun, inference, fake, line, usual, reported } = begin({ starts: came.promise });
  line.findSlow();
  await begun;
  expect(inference.chosen).toEqual({
    backend: SMALL,
    reason: "small, for the first results: the usual engine comes slowly over this line",
  });
  expect(reported).toEqual([SMALL]);
  await line.free.promise;
  came.resolve();
  await usual;
  expect(inference.chosen.backend).toBe(USUAL);
  expect([...fake.open]).toEqual([`${USUAL} on 1 thread`]);
});

test("the line is the usual one's only after what is to come before it", async () => {
  const [python, came] = [new Deferred<void>(), new Deferred<void>()];
  const { begun, line } = begin({ starts: came.promise });
  line.first = python.promise;
  line.findSlow();
  await begun;
  const said: string[] = [];
  const free = line.free.promise.then(() => said.push("free"));
  await new Promise((resolve) => { setTimeout(resolve); });
  said.push("Python has started");
  python.resolve();
  await free;
  expect(said).toEqual(["Python has started", "free"]);
});

test("where the usual one runs first, it stays", async () => {
  const came = new Deferred<void>();
  const { begun, inference, fake, line } = begin({}, { starts: came.promise });
  line.findSlow();
  await begun;
  came.resolve();
  await line.free.promise;
  expect(inference.chosen.backend).toBe(USUAL);
  expect([...fake.open]).toEqual([`${USUAL} on 1 thread`]);
});

test.each<[string, Behaviour]>([
  ["cannot be had", { refusal: new LoadError("'model.json' could not be fetched", "model") }],
  ["does not reproduce the reference", { lie: "is off by 0.3" }],
])("one that %s keeps nothing waiting", async (_, small) => {
  const came = new Deferred<void>();
  const { begun, inference, fake, line } = begin({ starts: came.promise }, small);
  line.findSlow();
  await line.free.promise;
  came.resolve();
  await begun;
  expect(inference.chosen.backend).toBe(USUAL);
  expect([...fake.open]).toEqual([`${USUAL} on 1 thread`]);
});

test("it stays where the usual one cannot be had", async () => {
  const [came, refusal] = [new Deferred<void>(), new LoadError("'litert.wasm' could not be fetched", "engine")];
  const { begun, inference, line, usual } = begin({ refusal }, { starts: came.promise });
  line.findSlow();
  await expect(usual).rejects.toBe(refusal);
  came.resolve();
  await begun;
  expect(inference.chosen.backend).toBe(SMALL);
});

test("where neither can be had, it is the usual one that is told of", async () => {
  const refusal = new LoadError("'litert.wasm' could not be fetched", "engine");
  const fast = begin({ refusal });
  await expect(fast.begun).rejects.toBe(refusal);
  const slow = begin({ refusal }, { refusal: new LoadError("'model.json' could not be fetched", "model") });
  slow.line.findSlow();
  await expect(slow.begun).rejects.toBe(refusal);
});
