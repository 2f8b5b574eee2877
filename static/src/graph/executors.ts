/** The rules of a config's executors (calculator.proto, thread_pool_executor.proto); here all run in one thread. */

import type { ExecutorConfig, GraphConfig } from "./config";

const RESERVED = ["default", "gpu"];
const TYPES = ["ThreadPoolExecutor", "ApplicationThreadExecutor"];

/** Every problem, as a sentence. */
export function* executorProblems(config: GraphConfig): Iterable<string> {
  for (const executor of config.executor) yield* problemsOf(executor);
  const declared = config.executor.map(({ name }) => name);
  for (const name of new Set(declared.filter((one, index) => declared.indexOf(one) !== index))) {
    yield `the executor '${name}' is declared twice; give each its own name`;
  }
  if (config.numThreads && declared.includes("")) {
    yield "'num_threads' is given beside a default executor; give the executor's own 'num_threads' alone";
  }
  for (const node of config.node) {
    const isKnown = ["", ...RESERVED, ...declared].includes(node.executor);
    if (!isKnown) yield `the node '${node.name}' runs on the executor '${node.executor}', which is not declared`;
  }
}

function* problemsOf({ name, type, options }: ExecutorConfig): Iterable<string> {
  if (RESERVED.includes(name)) yield `the executor's name '${name}' is reserved; choose another`;
  if (type && !TYPES.includes(type)) yield `the executor '${name}' is a '${type}'; known are ${TYPES.join(", ")}`;
  if (type === "ThreadPoolExecutor" && !((options["num_threads"] ?? 0) as number)) {
    yield `the executor '${name}' is a ThreadPoolExecutor and needs 'num_threads'`;
  }
}
