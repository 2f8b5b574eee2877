"""Converts a model: reads it, writes its forms, proves them, reports."""

import dataclasses
import json
import tempfile
from pathlib import Path

from pyweb_ml.bundle.output import replaced_folder, require_replaceable
from pyweb_ml.converter.custom import load_rules
from pyweb_ml.converter.formats import detect
from pyweb_ml.converter.measurement import measured_variant, size_of
from pyweb_ml.converter.model import Model
from pyweb_ml.converter.options import FORMS, TOLERANCES, ConvertOptions, Form
from pyweb_ml.converter.outline import outline_of
from pyweb_ml.converter.preparation import Prepared, prepare, reading_progress
from pyweb_ml.converter.proof.bisection import first_wrong_since_read
from pyweb_ml.converter.proof.browser import browser_checks
from pyweb_ml.converter.proof.checks import Proof, first_wrong, told
from pyweb_ml.converter.proof.comparison import worst
from pyweb_ml.converter.proof.litert import ENGINE, run_litert
from pyweb_ml.converter.proof.originals import Reference, run_original
from pyweb_ml.converter.proof.samples import Arrays, Sample, picture_samples, random_samples, takes_pictures
from pyweb_ml.converter.report import Check, Port, Report, measure
from pyweb_ml.converter.report_page import report_page
from pyweb_ml.converter.scripts.arrays import write_samples
from pyweb_ml.converter.variants import Choice, make_variant
from pyweb_ml.converter.writers.tfjs import write_tfjs
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from pyweb_ml.progress import Progress, quiet

MARKS = ("model.tflite", "report.json")
"""By which a folder that a conversion wrote is known."""
PROOF_PICTURES = 8
"""So many pictures are used for the proof; calibration takes all."""


def convert(source: str | Path, out: Path, options: ConvertOptions, progress: Progress = quiet) -> Report:
    """Converts a model into the folder `out`, and proves that it is still the same.

    `out` then holds model.tflite, tfjs/model.json with its shards, reference.npz (inputs, and the original's
    outputs), report.html and report.json. Until all is written it stays as it was.

    Args:
        source: a file, a folder, or for PyTorch "file.py:factory" or "module:factory".

    Raises:
        ConversionError: it cannot be read or written, or the result does not agree with the original (unless
            `options.force`).
        BuildError: `out` holds other files.
    """
    out = out.absolute()
    require_replaceable(out, MARKS)
    if options.rules:
        load_rules(options.rules)
    read = dataclasses.replace(options.read, progress=reading_progress(str(source), progress))
    prepared = prepare(source, read)
    with replaced_folder(out, MARKS) as fresh, tempfile.TemporaryDirectory(prefix="pywebml-convert-") as work:
        conversion = _Conversion(source, prepared, dataclasses.replace(options, read=read), progress)
        return conversion.write(fresh, Path(work) / "clean.tflite")


class _Conversion:
    """One model on its way."""

    def __init__(
        self, source: str | Path, prepared: Prepared, options: ConvertOptions, progress: Progress
    ) -> None:
        self.source, self.options, self.progress = source, options, progress
        self.clean = prepared.model
        own: Form = (
            "float16" if prepared.halves else "float32"
        )  # where weights are float16, this form loses nothing
        self.choice = Choice(options.form or own, options.sparsity, options.clusters)
        self.exact = self.choice == Choice(own) or self.choice == Choice("float32")
        self.samples = _samples(self.clean, options)
        self.calibration = _calibration(self.clean, options) or self.samples
        self.report = _begun(source, prepared, self.choice, self.samples)

    def write(self, folder: Path, clean: Path) -> Report:
        """Writes all files into `folder`; the clean model, without loss, into the file `clean`."""
        write_tflite(self.clean, clean)
        proof = self._prove_clean(clean)
        model = self._write_forms(folder, clean, proof)
        self.report.after = outline_of(model.graph)
        self._look_into_layers(proof, model)
        if self.options.browser and (folder / "tfjs").is_dir():
            self.report.checks += browser_checks(folder / "tfjs", proof, self._tolerance(), self.progress)
        self._require_agreement(folder)
        self._compare_forms(proof, clean)
        write_samples(folder / "reference.npz", [*proof.inputs, *proof.reference.outputs])
        self._write_report(folder)
        return self.report

    def _prove_clean(self, clean: Path) -> Proof:
        """Runs the original, and holds the clean model against it."""
        self.progress("prove", f"the original, on {len(self.samples)} samples", 0, 0)
        inputs = [sample.inputs for sample in self.samples]
        reference = self._reference(clean, inputs)
        self.report.framework = reference.framework
        proof = Proof(self.samples, reference, self.clean)
        tolerance = self.options.tolerance or TOLERANCES["float32"]
        check = proof.check_litert(clean, self.clean, tolerance)
        if check.differences and not check.passed:
            sample = inputs[worst(check.differences).sample]
            layer = first_wrong_since_read(self.source, self.clean, sample, self.options.read, tolerance)
            check = dataclasses.replace(check, layer=layer)
        what = "model.tflite" if self.exact else "the clean model"
        self.report.checks.append(dataclasses.replace(check, what=what))
        return proof

    def _reference(self, clean: Path, inputs: list[Arrays]) -> Reference:
        """The original's outputs; if it cannot be run and that is forced, the clean model's, as a failed check."""
        try:
            return run_original(self.source, self.clean, inputs, self.options.read)
        except ConversionError as error:
            problem = f"the original cannot be run, so that nothing is proved: {error}"
            if not self.options.force:
                raise ConversionError(f"{problem}; --force writes it all the same") from error
            self.report.checks.append(Check("model.tflite", ENGINE, "the original", None, problem=problem))
            return Reference(f"{ENGINE} (not the original)", run_litert(clean, self.clean, inputs))

    def _write_forms(self, folder: Path, clean: Path, proof: Proof) -> Model:
        """model.tflite and tfjs/, each proved; gives the model that was written."""
        self.progress("write", str(self.choice), 0, 0)
        calibration = [sample.inputs for sample in self.calibration]
        model = make_variant(clean, self.choice, calibration, self.progress)
        path = folder / "model.tflite"
        write_tflite(model, path)
        self.progress("prove", "in ai-edge-litert and TF.js", 0, 0)
        if not self.exact:
            self.report.checks.append(proof.check_litert(path, model, self._tolerance()))
        self._write_tfjs(folder / "tfjs", model, clean, proof)
        return model

    def _write_tfjs(self, folder: Path, model: Model, clean: Path, proof: Proof) -> None:
        if self.choice.form == "float16":  # TF.js unpacks them itself
            model = make_variant(clean, dataclasses.replace(self.choice, form="float32"), [], self.progress)
        try:
            written = write_tfjs(model, folder, weights=self.choice.storage)
        except ConversionError as error:
            check = Check("tfjs", "TF.js", self.report.framework, self._tolerance(), problem=str(error))
            self.report.checks.append(check)
            return
        self.report.notes += written.notes
        self.report.checks.append(proof.check_tfjs(folder, self._tolerance()))

    def _tolerance(self) -> float | None:
        if self.options.tolerance is not None:
            return self.options.tolerance
        if self.choice.sparsity or self.choice.clusters:
            return None
        return TOLERANCES.get("float32" if self.exact else self.choice.form)

    def _look_into_layers(self, proof: Proof, model: Model) -> None:
        self.progress("prove", "layer by layer", 0, 0)
        first, *others = self.report.checks
        failed = [check for check in others if not check.passed and check.differences]
        number = max((worst(check.differences).sample for check in failed), default=0)
        self.report.layers, problems = proof.layer_errors(model, number)
        self.report.notes += problems
        for check in failed:
            layer = first_wrong(self.report.layers, check.engine, check.tolerance or 0)
            others[others.index(check)] = dataclasses.replace(check, layer=layer)
        self.report.checks = [first, *others]

    def _require_agreement(self, folder: Path) -> None:
        """Ends the conversion if a check has failed; if it is forced, puts the warning into what is written."""
        failed = [told(check) for check in self.report.checks if not check.passed]
        if failed and not self.options.force:
            raise ConversionError(f"{failed[0]}; --force writes it all the same, with this warning inside")
        if failed:
            self.report.forced = True
            self.report.notes = [*failed, *self.report.notes]
            _warn_inside(folder / "tfjs" / "model.json", failed)

    def _compare_forms(self, proof: Proof, clean: Path) -> None:
        """Measures the form that is written and, if asked, all others."""
        others = [Choice(form, self.choice.sparsity, self.choice.clusters) for form in FORMS]
        chosen = dict.fromkeys([Choice("float32"), self.choice, *(others if self.options.compare else [])])
        calibration = [sample.inputs for sample in self.calibration]
        for choice in chosen:
            self.progress("measure", str(choice), 0, 0)
            try:
                model = make_variant(clean, choice, calibration, self.progress)
                self.report.variants.append(measured_variant(choice, model, proof, choice == self.choice))
            except ConversionError as error:
                self.report.notes.append(f"{choice} could not be made: {error}")

    def _write_report(self, folder: Path) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.report.files = [measure(path, folder) for path in files]
        (folder / "report.json").write_text(self.report.to_json(), encoding="utf-8")
        (folder / "report.html").write_text(report_page(self.report), encoding="utf-8")


def _samples(model: Model, options: ConvertOptions) -> list[Sample]:
    return [*random_samples(model, options.value_range), *_calibration(model, options)[:PROOF_PICTURES]]


def _calibration(model: Model, options: ConvertOptions) -> list[Sample]:
    if options.pictures is None:
        return []
    return picture_samples(model, options.pictures, options.value_range)


def _begun(source: str | Path, prepared: Prepared, choice: Choice, samples: list[Sample]) -> Report:
    signature = prepared.model.signatures[0]
    ports = [
        [Port(name, tensor.shape, tensor.dtype) for name, tensor in ends.items()]
        for ends in (signature.inputs, signature.outputs)
    ]
    report = Report(
        Path(source).name, detect(source).title, size_of(source), str(choice), ports[0], ports[1], prepared.before
    )
    report.samples = [(sample.name, sample.real) for sample in samples]
    if not any(sample.real for sample in samples) and any(map(takes_pictures, signature.inputs.values())):
        report.notes.append("proved on noise only: --calibrate FOLDER takes pictures of yours too")
    return report


def _warn_inside(path: Path, warnings: list[str]) -> None:
    """Puts warnings where whoever loads the TF.js model finds them."""
    if path.is_file():
        model = json.loads(path.read_bytes())
        model["userDefinedMetadata"] = {**model.get("userDefinedMetadata", {}), "warnings": warnings}
        path.write_text(json.dumps(model), encoding="utf-8")
