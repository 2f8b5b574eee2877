import { beforeEach, expect, test, vi } from "vitest";
import { LoadError } from "../../src/loading";
import { ThreadsAhead } from "../../src/engines/threads_ahead";

const SCRIPT = "https://host/app/engine/0b/litert/threaded.js";
const MODULE = new URL("https://host/app/engine/0b/litert/threaded.mjs");
const THREAD = { name: "em-pthread" };

class FakeWorker {
  static made: FakeWorker[] = [];
  heard: ((event: object) => void) | undefined;
  constructor(
    readonly address: string,
    readonly options: WorkerOptions,
  ) {
    FakeWorker.made.push(this);
  }
  addEventListener(_: "error", listener: (event: object) => void): void {
    this.heard = listener;
  }
}

beforeEach(() => {
  FakeWorker.made = [];
  vi.stubGlobal("Worker", FakeWorker);
  vi.stubGlobal("self", { origin: "https://host" });
});

test("Emscripten's threads get the workers that have been started, then new ones", () => {
  const { constructorToLend: Lent } = new ThreadsAhead(SCRIPT, MODULE, 2);
  const [first, second] = FakeWorker.made;
  expect(first).toMatchObject({ address: MODULE.href, options: { ...THREAD, type: "module" } });
  expect(new Lent(SCRIPT, THREAD)).toBe(first);
  expect(new Lent(SCRIPT, THREAD)).toBe(second);
  expect(FakeWorker.made).toHaveLength(2);
  expect(new Lent(SCRIPT, THREAD)).toBe(FakeWorker.made[2]);
});

test.each([
  ["script", "https://host/app/engine.js", THREAD],
  ["name", SCRIPT, { name: "pywebml-engine" }],
])("a worker of another %s is its own", (_, address, options) => {
  const { constructorToLend: Lent } = new ThreadsAhead(SCRIPT, MODULE, 1);
  expect(new Lent(address, options)).toMatchObject({ address, options });
  expect(FakeWorker.made).toHaveLength(2);
});

test("a script that does not come, or does not run, is named", async () => {
  const { failed } = new ThreadsAhead(SCRIPT, MODULE, 2);
  FakeWorker.made[1]!.heard!({});
  const what = `'${MODULE.href}', the script of the engine's threads, is missing or damaged; reload, or build the site again`;
  await expect(failed).rejects.toEqual(new LoadError(what, "engine"));
});
