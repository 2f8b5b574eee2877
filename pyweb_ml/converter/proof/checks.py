"""Comparisons of what was written with what the original gives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.proof.comparison import compare, worst
from pyweb_ml.converter.proof.layers import step_errors, steps_in_litert, steps_in_tfjs
from pyweb_ml.converter.proof.litert import ENGINE, run_litert
from pyweb_ml.converter.proof.originals import Reference
from pyweb_ml.converter.proof.samples import Arrays, Sample
from pyweb_ml.converter.proof.tfjs import run_tfjs
from pyweb_ml.converter.report import Check, LayerError
from pyweb_ml.errors import ConversionError

NODE = "TF.js on wasm, under Node.js"


@dataclass(frozen=True)
class Proof:
    """What results are held against.

    Attributes:
        reference: the original's outputs, one set a sample.
        clean: the model as it is written without loss, for comparisons by layer.
    """

    samples: Sequence[Sample]
    reference: Reference
    clean: Model

    @property
    def inputs(self) -> list[Arrays]:
        return [sample.inputs for sample in self.samples]

    def check(self, what: str, engine: str, tolerance: float | None, run: Callable[[], Sequence[Arrays]]) -> Check:
        """Compares what `run` gives; where it cannot run, that is the check's problem."""
        against = self.reference.framework
        try:
            differences = tuple(compare(self.reference.outputs, run()))
        except ConversionError as error:
            return Check(what, engine, against, tolerance, problem=str(error))
        return Check(what, engine, against, tolerance, differences)

    def check_litert(self, path: Path, model: Model, tolerance: float | None) -> Check:
        return self.check("model.tflite", ENGINE, tolerance, lambda: run_litert(path, model, self.inputs))

    def check_tfjs(self, folder: Path, tolerance: float | None) -> Check:
        return self.check("tfjs", NODE, tolerance, lambda: run_tfjs(folder, self.inputs))

    def layer_errors(self, model: Model, number: int) -> tuple[list[LayerError], list[str]]:
        """Each step of `model`, in ai-edge-litert and in TF.js, against the same step of the clean model.

        Args:
            number: of the sample to look at.

        Returns:
            The errors in the graph's order, and what could not be looked at, and why.
        """
        sample, problems = self.inputs[number], []
        try:
            wanted = steps_in_litert(self.clean, sample)
        except ConversionError as error:
            return [], [f"no errors by layer: {error}"]
        found: dict[str, dict[str, float]] = {}
        for engine, run in ((ENGINE, steps_in_litert), (NODE, steps_in_tfjs)):
            try:
                found[engine] = step_errors(wanted, run(model, sample))
            except ConversionError as error:
                problems.append(f"no errors by layer in {engine}: {error}")
        return list(_by_step(self.clean, found)), problems


def _by_step(model: Model, found: dict[str, dict[str, float]]) -> "list[LayerError]":
    steps = enumerate(model.graph.operators)
    rows = [
        (index, op, {engine: errors[op.outputs[0].name] for engine, errors in found.items()
                     if op.outputs and op.outputs[0].name in errors})
        for index, op in steps
    ]  # fmt: skip
    return [LayerError(index, op.op, op.outputs[0].name, errors) for index, op, errors in rows if errors]


def first_wrong(layers: Sequence[LayerError], engine: str, tolerance: float) -> str:
    """The first step that is further off than `tolerance` where those before it are not; "" if none is."""
    for layer in layers:
        error = layer.errors.get(engine, 0)
        if error > tolerance:
            return f"operator {layer.step} {layer.kind} '{layer.name}' is the first that differs (by {error:.1e})"
    return ""


def told(check: Check) -> str:
    """A check that has not passed, in words."""
    if check.problem:
        return f"{check.what} in {check.engine}: {check.problem}"
    one = worst(check.differences)
    limit = f"; {check.tolerance:.0e} is allowed" if check.tolerance is not None else ""
    text = f"{check.what} in {check.engine} is not the same model as in {check.against}: "
    text += f"its output '{one.output}' is off by {one.error:.1e} of its range{limit}"
    return text + (f"; {check.layer}" if check.layer else "")
