/** TensorsToClassificationCalculator: a model's scores as named classes. */

import type { CalculatorType, Options } from "../graph/calculator";
import type { Classification, Tensor } from "../protocol";
import { OptionReader } from "./options";

interface Selection {
  threshold: number;
  topK: number;
  sorted: boolean;
  ignored: ReadonlySet<number>;
  allowed: ReadonlySet<number>;
}

export const tensorsToClassification: CalculatorType<unknown> = {
  name: "TensorsToClassificationCalculator",
  create(given) {
    const reader = new OptionReader(this.name, given);
    const selection = readSelection(reader, this.name);
    const binary = reader.boolean("binary_classification", false);
    const labels = readLabels(reader, this.name);
    reader.done();
    return {
      process(context) {
        const scores = scoresOf(context.require<ArrayLike<Tensor>>("TENSORS")[0], binary);
        checkLabels(labels, scores.length);
        const chosen = select(scores, selection);
        context.emit("CLASSIFICATIONS", chosen.map((index): Classification => {
          return { index, score: scores[index]!, label: labels.get(index) ?? "" };
        }));
      },
    };
  },
};

function readSelection(reader: OptionReader, calculator: string): Selection {
  const topK = reader.maybeNumber("top_k");
  const threshold = reader.maybeNumber("min_score_threshold");
  const selection = {
    threshold: threshold === undefined ? -Infinity : Math.fround(threshold),
    topK: topK !== undefined && topK > 0 ? topK : Infinity,
    sorted: reader.boolean("sort_by_descending_score", false) || topK !== undefined,
    ignored: new Set(reader.numbers("ignore_classes")),
    allowed: new Set(reader.numbers("allow_classes")),
  };
  if (!selection.ignored.size || !selection.allowed.size) return selection;
  throw new Error(`${calculator}: the options 'ignore_classes' and 'allow_classes' exclude each other; give one of them`);
}

function readLabels(reader: OptionReader, calculator: string): Map<number, string> {
  const map = new OptionReader(`${calculator}'s 'label_map'`, reader.message("label_map"));
  const entries = map.messages("entries");
  map.done();
  return new Map(entries.map((entry) => readEntry(entry, calculator)));
}

function readEntry(entry: Options, calculator: string): [number, string] {
  const reader = new OptionReader(`${calculator}'s label`, entry);
  const read: [number, string] = [reader.integer("id", 0), reader.text("label", "")];
  reader.done();
  return read;
}

function checkLabels(labels: ReadonlyMap<number, string>, classes: number): void {
  if (labels.size === 0 || labels.size === classes) return;
  throw new Error(`the model gives ${classes} classes, but there are ${labels.size} labels; give one each`);
}

function scoresOf(tensor: Tensor | undefined, binary: boolean): Float32Array {
  if (!(tensor?.data instanceof Float32Array) || (binary && tensor.data.length !== 1)) {
    const wanted = binary ? "one float32 score" : "float32 scores";
    throw new Error(`classification takes ${wanted}, not a tensor [${tensor?.shape.join(", ") ?? ""}]`);
  }
  return binary ? Float32Array.of(tensor.data[0]!, 1 - tensor.data[0]!) : tensor.data;
}

function select(scores: Float32Array, { threshold, topK, sorted, ignored, allowed }: Selection): number[] {
  const kept: number[] = [];
  for (let index = 0; index < scores.length; index++) {
    // A score that is no number fails the first test, as in numpy.
    const isAbove = threshold === -Infinity || scores[index]! >= threshold;
    if (isAbove && !ignored.has(index) && (!allowed.size || allowed.has(index))) kept.push(index);
  }
  if (sorted) kept.sort((a, b) => scores[b]! - scores[a]!);
  return kept.slice(0, topK);
}
