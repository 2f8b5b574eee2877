"""`pywebml convert`: what it writes, what it refuses, and that nothing is left when it fails."""

import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import pyweb_ml.browser_process
import pyweb_ml.converter.convert
from pyweb_ml.cli import main
from pyweb_ml.converter.convert import convert
from pyweb_ml.converter.model import Graph, Model, Operator, Signature, Tensor
from pyweb_ml.converter.options import ConvertOptions
from pyweb_ml.converter.preparation import prepare
from pyweb_ml.converter.proof import checks
from pyweb_ml.converter.proof.bisection import first_wrong_since_read
from pyweb_ml.converter.proof.layers import step_errors, steps_in_litert
from pyweb_ml.converter.proof.litert import run_litert
from pyweb_ml.converter.proof.samples import random_samples
from pyweb_ml.converter.proof.tfjs import run_tfjs
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.report import LayerError
from pyweb_ml.converter.scripts.arrays import read_samples
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter import zoo


def small_model(last: str = "LOGISTIC") -> Model:
    """A convolution and one operator after it, of a picture of 8 by 8."""
    generator = np.random.default_rng(1)
    picture = Tensor("picture", (1, 8, 8, 3))
    weights = Tensor("weights", (4, 3, 3, 3), data=generator.normal(size=(4, 3, 3, 3)).astype(np.float32))
    bias = Tensor("bias", (4,), data=generator.normal(size=4).astype(np.float32))
    middle, end = Tensor("middle", (1, 8, 8, 4)), Tensor("end", (1, 8, 8, 4))
    options: dict[str, bool | int | float | str | list[int] | list[float] | None] = {
        "padding": "SAME", "stride_w": 1, "stride_h": 1,
    }  # fmt: skip
    steps = [Operator("CONV_2D", [picture, weights, bias], [middle], options), Operator(last, [middle], [end])]
    return Model([Graph([picture], [end], steps)], [Signature({"picture": picture}, {"mask": end})])


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    write_tflite(small_model(), tmp_path / "small.tflite")
    return tmp_path / "small.tflite"


@pytest.fixture
def wrong_tfjs(monkeypatch: pytest.MonkeyPatch) -> None:
    """What TF.js gives is a little off."""

    def run(folder: Path, samples: list[dict[str, np.ndarray]]) -> list[dict[str, np.ndarray]]:
        return [{name: value + 0.01 for name, value in one.items()} for one in run_tfjs(folder, samples)]

    monkeypatch.setattr(checks, "run_tfjs", run)


def test_the_folder_holds_both_forms_with_what_proves_them(model_file: Path, tmp_path: Path) -> None:
    report = convert(model_file, tmp_path / "web", ConvertOptions())
    written = {path.relative_to(tmp_path / "web").as_posix() for path in (tmp_path / "web").rglob("*")}
    shard = "tfjs/group1-shard1of1.bin"
    assert written == {
        "model.tflite", "reference.npz", "report.html", "report.json", "tfjs", "tfjs/model.json", shard,
    }  # fmt: skip
    assert report.passed
    assert [check.what for check in report.checks] == ["model.tflite", "tfjs"]


def test_the_reference_is_what_the_original_gives(model_file: Path, tmp_path: Path) -> None:
    convert(model_file, tmp_path / "web", ConvertOptions())
    samples = read_samples(tmp_path / "web" / "reference.npz")
    inputs, outputs = samples[: len(samples) // 2], samples[len(samples) // 2 :]
    wanted = run_litert(model_file, read_tflite(model_file), inputs)
    for one, other in zip(wanted, outputs, strict=True):
        np.testing.assert_array_equal(one["mask"], other["mask"])


def test_the_report_as_data_says_what_was_compared_and_how_large_it_is(model_file: Path, tmp_path: Path) -> None:
    convert(model_file, tmp_path / "web", ConvertOptions(form="float16"))
    report = json.loads((tmp_path / "web" / "report.json").read_text())
    assert (report["schema"], report["form"], report["passed"], report["forced"]) == (1, "float16", True, False)
    assert [check["what"] for check in report["checks"]] == ["the clean model", "model.tflite", "tfjs"]
    assert all(0 <= check["error"] <= check["tolerance"] for check in report["checks"])
    sizes = {file["name"]: file["bytes"] for file in report["files"]}
    assert sizes["model.tflite"] == (tmp_path / "web" / "model.tflite").stat().st_size
    assert [one["form"] for one in report["variants"] if one["written"]] == ["float16"]
    assert report["operators"] == {"before": {"CONV_2D": 1, "LOGISTIC": 1}, "after": {"CONV_2D": 1, "LOGISTIC": 1}}
    assert {layer["name"] for layer in report["layers"]} == {"middle", "end"}


def test_the_report_as_a_page_is_one_file_that_asks_nobody_for_anything(model_file: Path, tmp_path: Path) -> None:
    convert(model_file, tmp_path / "web", ConvertOptions())
    page = _Page((tmp_path / "web" / "report.html").read_text(encoding="utf-8"))
    assert page.addresses == ["data:,"]
    assert page.headings == ["small.tflite", "Notes", "Proof", "Sizes and speed", "Error by layer", "The graph",
                             "Inputs and outputs"]  # fmt: skip
    assert page.pictures == 3


class _Page(HTMLParser):
    """What a page loads, what it is headed by, and how many pictures it has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.headings: list[str] = []
        self.pictures = 0
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.pictures += tag == "svg"
        self.addresses += [value or "" for name, value in attributes if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        if self._inside in ("h1", "h2") and data.strip():
            self.headings.append(data)


@pytest.mark.usefixtures("wrong_tfjs")
def test_a_result_that_is_not_the_same_model_is_not_written(model_file: Path, tmp_path: Path) -> None:
    message = r"tfjs in TF.js on wasm.* is not the same model as .*'mask' is off by .*1e-03 is allowed; --force"
    with pytest.raises(ConversionError, match=message):
        convert(model_file, tmp_path / "web", ConvertOptions())
    assert [path.name for path in tmp_path.iterdir()] == ["small.tflite"]


@pytest.mark.usefixtures("wrong_tfjs")
def test_what_is_forced_has_the_warning_inside(model_file: Path, tmp_path: Path) -> None:
    report = convert(model_file, tmp_path / "web", ConvertOptions(force=True))
    assert (report.passed, report.forced) == (False, True)
    model = json.loads((tmp_path / "web" / "tfjs" / "model.json").read_text())
    (warning,) = model["userDefinedMetadata"]["warnings"]
    assert "is not the same model" in warning
    assert warning in report.notes
    assert "Not proved to be the same model" in (tmp_path / "web" / "report.html").read_text(encoding="utf-8")


def test_without_the_original_nothing_is_proved_and_nothing_written_unless_forced(
    model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ConversionError("no such thing here")

    monkeypatch.setattr(pyweb_ml.converter.convert, "run_original", fail)
    with pytest.raises(ConversionError, match=r"cannot be run, so that nothing is proved: no such thing.*--force"):
        convert(model_file, tmp_path / "web", ConvertOptions())
    assert [path.name for path in tmp_path.iterdir()] == ["small.tflite"]
    report = convert(model_file, tmp_path / "web", ConvertOptions(force=True))
    assert not report.passed
    assert "nothing is proved" in report.notes[0]
    assert "not the original" in report.framework


def test_a_wrong_layer_is_found_and_named() -> None:
    right, wrong = small_model(), small_model("TANH")
    sample = {"picture": np.random.default_rng(2).random((1, 8, 8, 3), np.float32)}
    errors = step_errors(steps_in_litert(right, sample), steps_in_litert(wrong, sample))
    assert errors["middle"] == 0
    assert errors["end"] > 0.1
    layers = [
        LayerError(0, "CONV_2D", "middle", {"x": 0.0}),
        LayerError(1, "TANH", "end", {"x": 0.5}),
    ]
    assert checks.first_wrong(layers, "x", 1e-3).startswith("operator 1 TANH 'end' is the first that differs")


@pytest.mark.network
def test_pictures_of_onnx_are_turned_if_asked_and_still_agree(tmp_path: Path) -> None:
    read = ReadOptions({"": (1, 3, 64, 96)}, channels_last=True)
    report = convert(zoo.place("centerface.onnx", tmp_path), tmp_path / "web", ConvertOptions(read))
    assert report.inputs[0].shape == (1, 64, 96, 3)
    assert {one.shape[1:3] for one in report.outputs} == {(16, 24)}
    assert max(check.error for check in report.checks) <= 1e-3


@pytest.mark.parametrize("name", ["basic_pitch.onnx", "face_detection_short_range.tflite"])
@pytest.mark.network
def test_a_step_that_reading_made_wrong_is_found(name: str, tmp_path: Path) -> None:
    source = zoo.place(name, tmp_path)
    options = ReadOptions({"": (1, 43844, 1)} if name.endswith("onnx") else {})
    model = prepare(source, options).model
    sample = random_samples(model)[0].inputs
    assert first_wrong_since_read(source, model, sample, options, 1e-3) == ""
    place, broken = next((at, op) for at, op in enumerate(model.graph.operators) if at > 9 and op.op == "CONV_2D")
    weights = broken.inputs[1]
    assert weights is not None
    assert weights.data is not None
    weights.data = weights.data * np.float32(1.5)
    told = first_wrong_since_read(source, model, sample, options, 1e-3)
    found = int(told.split()[1])
    assert place <= found <= place + 3  # of ONNX, not every step of ours has a name of its own


def test_a_folder_with_other_files_is_left_alone(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    assert main(["convert", str(model_file), "-o", str(tmp_path / "mine")]) == 1
    assert "holds other files, which are left as they are" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_a_former_conversion_is_replaced(model_file: Path, tmp_path: Path) -> None:
    for form in ("float32", "float16"):
        assert main(["convert", str(model_file), "-o", str(tmp_path / "web"), f"--{form}"]) == 0
    assert json.loads((tmp_path / "web" / "report.json").read_text())["form"] == "float16"


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"\x80\x02}q\x00.", "net.pt", "'net.pt' is a pickle, which could run any code when it is read"),
        (b"hello", "net.bin", "'net.bin' has no format that is known; what is read: TensorFlow Lite"),
        (b"{}", "model.json", "'model.json' is JSON, but no TF.js model"),
        (b'{"format": "layers-model", "modelTopology": {}}', "model.json", "only graph models are read"),
        (b"PK\x03\x04", "net.keras", "'net.keras' is a damaged zip archive"),
        (b"\x20\0\0\0TFL3", "net.tflite", "'net.tflite'"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_and_leaves_nothing(
    content: bytes, name: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_bytes(content)
    assert main(["convert", str(tmp_path / name), "-o", str(tmp_path / "web")]) == 1
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_check_names_the_operator_that_stands_in_the_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = small_model()
    model.graph.operators[1].op, model.graph.operators[1].custom = "MyOwn", b""
    write_tflite(model, tmp_path / "own.tflite")
    assert main(["convert", str(tmp_path / "own.tflite"), "--check"]) == 1
    assert "MyOwn at 'end': " in capsys.readouterr().out


def test_check_says_that_a_model_will_convert(model_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(model_file), "--check"]) == 0
    assert "will convert to .tflite and TF.js" in capsys.readouterr().out


def test_list_ops_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", "--list-ops"]) == 0
    assert "DEPTHWISE_CONV_2D" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--shape", "1,0,3"], "'1,0,3' is no shape; write sizes above 0"),
        (["--float16", "--int8"], "not allowed with argument"),
        ([], "say where to write it"),
    ],
)
def test_wrong_usage_ends_with_status_2(
    words: list[str], message: str, model_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["convert", str(model_file), *words])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_a_shape_for_an_input_that_is_not_there_names_those_that_are(
    model_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(model_file), "-o", str(tmp_path / "web"), "--shape", "image=1,4,4,3"]) == 1
    assert "there is no input 'image' to give a shape to; the inputs are ['picture']" in capsys.readouterr().err


@pytest.mark.network
def test_a_real_tflite_of_an_open_batch_is_the_same_in_both_forms_of_a_fixed_one(tmp_path: Path) -> None:
    options = ConvertOptions(read=ReadOptions({"": (2, 43844, 1)}))
    report = convert(zoo.place("basic_pitch.tflite", tmp_path), tmp_path / "web", options)
    assert [port.shape for port in report.inputs] == [(2, 43844, 1)]
    assert {check.what for check in report.checks} == {"model.tflite", "tfjs"}
    assert max(check.error for check in report.checks) <= 1e-3


@pytest.mark.network
@pytest.mark.parametrize("name", ["face_detection_short_range.tflite", "selfie_segmentation.tflite"])
def test_a_model_of_the_zoo_is_the_same_in_both_forms(name: str, tmp_path: Path) -> None:
    report = convert(zoo.place(name, tmp_path), tmp_path / "web", ConvertOptions())
    assert max(check.error for check in report.checks) <= 1e-3
    assert report.form == "float16"  # as it was
    assert "Convolution2DTransposeBias" not in report.after.counts()


@pytest.mark.browser
def test_in_chromium_every_backend_agrees(model_file: Path, tmp_path: Path) -> None:
    report = convert(model_file, tmp_path / "web", ConvertOptions(browser=True))
    engines = {check.engine: check.error for check in report.checks if "Chromium" in check.engine}
    assert list(engines) == [f"TF.js on {name}, in Chromium" for name in ("wasm", "webgl", "webgpu", "cpu")]
    assert max(engines.values()) <= 1e-3


def test_without_chromium_the_error_says_what_to_install(
    model_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYWEBML_CHROMIUM", raising=False)
    monkeypatch.setattr(pyweb_ml.browser_process, "NAMES", ("pywebml-no-such-browser",))
    with pytest.raises(
        ConversionError, match="--browser needs Chromium or Chrome; install one, or name its program"
    ):
        convert(model_file, tmp_path / "web", ConvertOptions(browser=True))


def pictures(folder: Path, count: int) -> Path:
    from PIL import Image

    for index in range(count):
        Image.effect_noise((32, 32), 60).convert("RGB").save(folder / f"{index}.png")
    return folder


def test_pictures_are_inputs_of_the_proof(model_file: Path, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    folder = pictures(tmp_path / "pictures", 2)
    report = convert(model_file, tmp_path / "web", ConvertOptions(pictures=folder, value_range=(-1, 1)))
    assert [name for name, real in report.samples if real] == ["0.png", "1.png"]
    number = [name for name, _ in report.samples].index("0.png")
    first = read_samples(tmp_path / "web" / "reference.npz")[number]["picture"]
    assert (first.dtype, first.shape) == (np.float32, (1, 8, 8, 3))
    assert -1 <= first.min() < first.max() <= 1
