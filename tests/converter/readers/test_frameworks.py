"""Models of Keras, TensorFlow and PyTorch, each read by its own framework in an environment of its own."""

import json
import zipfile
from pathlib import Path

import pytest

from pyweb_ml.converter import environment
from pyweb_ml.converter.convert import convert
from pyweb_ml.converter.options import ConvertOptions
from pyweb_ml.converter.readers import read
from pyweb_ml.converter.readers.options import ReadOptions
from pyweb_ml.converter.readers.torch import require_plain_program
from pyweb_ml.converter.report import Report
from pyweb_ml.errors import ConversionError

HERE = Path(__file__).parent

pytestmark = pytest.mark.network


@pytest.fixture(scope="module")
def keras_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keras")
    environment.run("tensorflow", HERE / "make_tensorflow.py", [folder])
    return folder


@pytest.fixture(scope="module")
def torch_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("torch")
    environment.run("torch", HERE / "make_torch.py", [folder])
    return folder


def shapes(report: Report) -> dict[str, tuple[int, ...]]:
    return {one.name: one.shape for one in (*report.inputs, *report.outputs)}


def test_a_keras_model_keeps_its_names_and_agrees_with_keras(keras_models: Path, tmp_path: Path) -> None:
    report = convert(keras_models / "two.keras", tmp_path / "web", ConvertOptions())
    assert shapes(report) == {"picture": (1, 16, 16, 3), "scores": (1, 5), "mask": (1, 16, 16, 1)}
    assert report.framework.startswith("tensorflow")
    assert max(check.error for check in report.checks) <= 1e-3
    assert "MUL" not in report.after.counts()  # the BatchNormalization is folded


def test_the_older_format_of_keras_gives_the_same_graph(keras_models: Path) -> None:
    model = read(keras_models / "two.h5")
    assert set(model.signatures[0].outputs) == {"scores", "mask"}
    assert [op.op for op in model.graph.operators][:2] == ["CONV_2D", "DEPTHWISE_CONV_2D"]


def test_a_saved_model_agrees_with_tensorflow(keras_models: Path, tmp_path: Path) -> None:
    report = convert(keras_models / "two_saved", tmp_path / "web", ConvertOptions())
    assert shapes(report)["picture"] == (1, 16, 16, 3)
    assert max(check.error for check in report.checks) <= 1e-3


def test_a_keras_layer_that_is_code_is_refused(keras_models: Path) -> None:
    with pytest.raises(ConversionError, match=r"'code.h5': .*Lambda"):
        read(keras_models / "code.h5")


def test_an_open_shape_of_keras_is_refused_or_fixed(keras_models: Path) -> None:
    with pytest.raises(ConversionError, match="fix it with --shape picture=1,…"):
        read(keras_models / "open.keras")
    model = read(keras_models / "open.keras", ReadOptions({"picture": (1, 8, 12, 3)}))
    assert model.signatures[0].outputs["made"].shape == (1, 6, 10, 2)


def test_a_factory_of_pytorch_gives_pictures_with_channels_last(tmp_path: Path) -> None:
    report = convert(f"{HERE / 'make_torch.py'}:make", tmp_path / "web", ConvertOptions())
    assert shapes(report) == {"args_0": (1, 16, 16, 3), "output_0": (1, 5), "output_1": (1, 8, 8, 8)}
    assert report.framework.startswith("torch")
    assert max(check.error for check in report.checks) <= 1e-3


def test_an_exported_program_of_pytorch_is_read(torch_models: Path) -> None:
    model = read(torch_models / "net.pt2")
    assert {name: one.shape for name, one in model.signatures[0].outputs.items()} == {
        "output_0": (1, 5), "output_1": (1, 8, 8, 8),
    }  # fmt: skip


def test_a_factory_without_an_example_wants_a_shape() -> None:
    with pytest.raises(ConversionError, match="its input has no known shape; give --shape 1,3,224,224"):
        read(f"{HERE / 'make_torch.py'}:bare")
    model = read(f"{HERE / 'make_torch.py'}:bare", ReadOptions({"": (1, 3, 24, 16)}))
    assert model.signatures[0].inputs["args_0"].shape == (1, 24, 16, 3)


@pytest.mark.parametrize(
    ("part", "content", "message"),
    [
        ("models/model.json", {"guards_code": ["__import__('os')"]}, "sizes that are known only at run time"),
        ("models/model.json", {"expr_str": "exec(chr(1))"}, "sizes that are known only at run time"),
        (
            "models/model.json",
            {"target": "os.system"},
            "a target 'os.system', which is no target of a plain graph",
        ),
        (
            "models/model.json",
            {"name": "x = evil()"},
            "a name 'x = evil\\(\\)', which is no name of a plain graph",
        ),
        ("data/weights/m_weights_config.json", {"a": {"use_pickle": True}}, "a pickled tensor"),
        ("data/constants/custom_obj_0", {}, "is code or a pickled object"),
        ("data/aotinductor/model.so", {}, "is code or a pickled object"),
    ],
)
def test_an_exported_program_that_could_run_code_is_refused_before_pytorch_sees_it(
    part: str, content: dict[str, object], message: str, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "net.pt2", "w") as archive:
        archive.writestr(f"net/{part}", json.dumps(content))
    with pytest.raises(ConversionError, match=message):
        require_plain_program(tmp_path / "net.pt2")
