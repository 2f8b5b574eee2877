import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pyweb_ml.graph.config import from_json
from pyweb_ml.graph.pbtxt import from_text

RunCli = Callable[..., "subprocess.CompletedProcess[str]"]
WriteApp = Callable[..., Path]
Done = subprocess.CompletedProcess[str]

TWO_APPS = """
import pyweb_ml as pw

@pw.app(title="First")
def first(frame: pw.Image):
    return frame

@pw.app(title="Second")
def second(frame: pw.Image):
    return frame
"""

BLURRED = """\
# All of it.
input_stream: "frame"
output_stream: "output"
node { calculator: "MyBlur" input_stream: "IMAGE:frame" output_stream: "IMAGE:output" }
"""
BLUR = """\
type: "MyBlur"
input_stream: "IMAGE:in"
output_stream: "IMAGE:out"
node {
  calculator: "GaussianBlurCalculator" input_stream: "IMAGE:in" output_stream: "IMAGE:out"
  node_options { [type.googleapis.com/pywebml.GaussianBlurCalculatorOptions] { sigma: 2 } }
}
"""


def assert_refused(done: Done, *parts: str) -> None:
    """Status 1, and one line on standard error that says all of `parts`."""
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
    assert done.stderr.startswith("pywebml: ")
    for part in parts:
        assert part in done.stderr


def break_model(app: Path, data: bytes) -> None:
    (app.parent / "net.tflite").write_bytes(data)


def test_build_writes_the_site_and_says_how_to_look_at_it_and_put_it_online(
    run_cli: RunCli, model_app: Path, tmp_path: Path
) -> None:
    done = run_cli("build", model_app, "-o", "site")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "site" / "manifest.json").is_file()
    for part in (
        "tracing the pipeline run_model",
        "page and worker",
        "gzip",
        f"look at it: python -m http.server -d {tmp_path / 'site'}, then http://localhost:8000/",
        f"{tmp_path / 'site' / 'hosting' / 'README.txt'}",
    ):
        assert part in done.stdout
    # The service worker gives the page threads there, too.
    assert "one thread" not in done.stdout


def test_build_reports_to_programs_in_json_whatever_the_app_prints(run_cli: RunCli, model_app: Path) -> None:
    model_app.write_text("print('hello')\n" + model_app.read_text())
    done = run_cli("build", model_app, "-o", "site", "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["stage"] for line in lines[:-1]] == ["app", "graph", "site"]
    assert lines[-1] | {"type": "done", "title": "Runs a model"} == lines[-1]
    assert "page and worker" in [part["part"] for part in lines[-1]["parts"]]
    whole = sum(part["bytes"] for part in lines[-1]["parts"])
    assert 0 < lines[-1]["first_result"]["gzip"] <= lines[-1]["first_result"]["bytes"] <= whole
    assert done.stderr == "hello\n"


def test_an_error_reaches_programs_with_its_traceback(run_cli: RunCli, write_app: WriteApp) -> None:
    done = run_cli("build", write_app("1 / 0\n"), "-o", "site", "--json")
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["type"] == "error"
    assert "ZeroDivisionError" in last["message"]
    assert "Traceback" in last["traceback"]


@pytest.mark.parametrize("length", [0, 20, 200, -100])
def test_a_truncated_model_is_refused(run_cli: RunCli, model_app: Path, tiny_model: bytes, length: int) -> None:
    break_model(model_app, tiny_model[:length])
    done = run_cli("build", model_app, "-o", "site")
    assert_refused(done, "the model 'net.tflite' is", "truncated or damaged" if length else "no .tflite")
    assert not (model_app.parents[1] / "site").exists()


def test_a_wrong_sha256_is_refused(run_cli: RunCli, model_app: Path, tmp_path: Path) -> None:
    model_app.write_text(model_app.read_text().replace('"net.tflite"', f'"net.tflite", sha256="{"0" * 64}"'))
    assert_refused(run_cli("build", model_app, "-o", "site"), "expected sha256 000", "got ")
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("import pyweb_ml as pw\ndef f(:\n", ("app.py:2:7: syntax error", "def f(:")),
        ("x = 1\n", ("holds no app", "@pw.app")),
        (TWO_APPS, ("holds 2 apps", "app.py:first")),
        ("raise RuntimeError('two\\nlines')\n", ("app.py:1:", "RuntimeError: two lines")),
    ],
)
@pytest.mark.parametrize("command", ["build", "graph", "run"])
def test_an_app_that_cannot_be_loaded_is_refused(
    run_cli: RunCli, write_app: WriteApp, tmp_path: Path, command: str, source: str, parts: tuple[str, ...]
) -> None:
    more = {
        "build": ("-o", "out"),
        "graph": ("-o", "out.json"),
        "run": ("--input", "a.png", "--output", "out.png"),
    }
    before = set(tmp_path.iterdir())
    assert_refused(run_cli(command, write_app(source), *more[command]), *parts)
    assert set(tmp_path.iterdir()) - before == {tmp_path / "app"}


def test_a_folder_with_other_files_is_left_alone(run_cli: RunCli, model_app: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "index.html").write_text("mine")
    assert_refused(run_cli("build", model_app, "-o", "photos"), "'", "holds other files", "give -o a new folder")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["index.html"]


def test_a_missing_sample_is_refused(run_cli: RunCli, model_app: Path, tmp_path: Path) -> None:
    model_app.write_text(model_app.read_text().replace('model")', 'model", samples=["gone.png"])'))
    assert_refused(run_cli("build", model_app, "-o", "site"), "the sample 'gone.png' is not there")
    assert not (tmp_path / "site").exists()


@pytest.mark.network
def test_an_unknown_package_is_refused(run_cli: RunCli, python_app: Path, tmp_path: Path) -> None:
    block = "# /// script\n# dependencies = ['no-such-package-of-pywebml']\n# ///\n"
    python_app.write_text(block + python_app.read_text())
    done = run_cli("build", python_app, "-o", "site")
    assert_refused(done, "the package 'no-such-package-of-pywebml' cannot run in the page", "# /// script")
    assert not (tmp_path / "site").exists()


def test_a_busy_port_is_named_with_another_to_type(run_cli: RunCli, model_app: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        done = run_cli("serve", model_app, "--port", port)
    assert_refused(done, f"cannot listen at 127.0.0.1, port {port} (address already in use)", f"--port {port + 1}")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("fly",),
        ("build", "app.py"),
        ("serve", "app.py", "--port", "http"),
        ("serve", "app.py", "--port", "65536"),
        ("run", "app.py", "--input", "a.png"),
    ],
)
def test_wrong_usage_has_a_status_of_its_own(run_cli: RunCli, words: tuple[str, ...]) -> None:
    done = run_cli(*words)
    assert done.returncode == 2
    assert "usage: pywebml" in done.stderr


def test_debug_shows_the_traceback_before_the_line(run_cli: RunCli, write_app: WriteApp) -> None:
    done = run_cli("graph", "--debug", write_app("1 / 0\n"))
    assert "Traceback (most recent call last)" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("pywebml: ")


def test_every_command_teaches_by_an_example(run_cli: RunCli) -> None:
    for command in ("new", "serve", "build", "run", "graph", "bench", "doctor"):
        done = run_cli(command, "--help")
        assert f"examples:\n  pywebml {command}" in done.stdout


def test_graph_prints_the_config_that_it_also_writes(run_cli: RunCli, python_app: Path, tmp_path: Path) -> None:
    printed = run_cli("graph", python_app).stdout
    assert from_json(json.loads(printed)).node[0].calculator == "negative"
    assert run_cli("graph", python_app, "-o", "graph.json").returncode == 0
    assert (tmp_path / "graph.json").read_text() == printed


def test_graph_writes_text_and_a_picture_by_the_ending_of_the_name(
    run_cli: RunCli, python_app: Path, tmp_path: Path
) -> None:
    for name in ("graph.pbtxt", "graph.svg"):
        assert run_cli("graph", python_app, "-o", name).returncode == 0
        text = (tmp_path / name).read_text()
        assert run_cli("graph", python_app, "--format", name[6:]).stdout == text
        assert "negative" in text
    assert (tmp_path / "graph.svg").read_text().startswith("<svg ")
    written = from_text((tmp_path / "graph.pbtxt").read_text())
    assert written == from_json(json.loads(run_cli("graph", python_app).stdout))


def test_graph_refuses_a_form_that_it_does_not_know(run_cli: RunCli, python_app: Path, tmp_path: Path) -> None:
    assert_refused(run_cli("graph", python_app, "-o", "graph.png"), "graph.png", ".json, .pbtxt or .svg")
    assert not (tmp_path / "graph.png").exists()


def test_graph_expands_subgraphs_where_it_is_asked_to(run_cli: RunCli, write_app: WriteApp) -> None:
    file = write_app(BLURRED, "app/blurred.pbtxt")
    write_app(BLUR, "app/blur.pbtxt")
    stated = from_json(json.loads(run_cli("graph", file).stdout))
    assert [node.calculator for node in stated.node] == ["MyBlur"]
    expanded = from_json(json.loads(run_cli("graph", file, "--expand").stdout))
    assert [node.name for node in expanded.node] == ["myblur__GaussianBlurCalculator"]
    picture = run_cli("graph", file, "--format", "svg").stdout
    assert "MyBlur" in picture
    assert "GaussianBlur" in picture


def test_run_runs_a_graph_in_mediapipes_text(run_cli: RunCli, write_app: WriteApp, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (4, 3), (10, 20, 30)).save(tmp_path / "in.png")
    file = write_app(BLURRED, "app/blurred.pbtxt")
    write_app(BLUR, "app/blur.pbtxt")
    done = run_cli("run", file, "--input", "in.png", "--output", "out.png")
    assert (done.returncode, done.stderr) == (0, "")
    with Image.open(tmp_path / "out.png") as image:
        assert image.convert("RGB").getpixel((2, 1)) == (10, 20, 30)


def test_a_wrong_graph_is_one_line_with_its_place(run_cli: RunCli, write_app: WriteApp) -> None:
    file = write_app(BLURRED.replace("MyBlur", "NoBlur"), "app/blurred.pbtxt")
    done = run_cli("run", file, "--input", "in.png", "--output", "out.png")
    assert_refused(done, "blurred.pbtxt:4: the node 'NoBlur' is a 'NoBlur', which is no known calculator")


def test_run_writes_what_the_apps_python_makes_of_a_picture(
    run_cli: RunCli, python_app: Path, tmp_path: Path
) -> None:
    from PIL import Image

    Image.new("RGB", (4, 3), (10, 20, 30)).save(tmp_path / "in.png")
    done = run_cli("run", python_app, "--input", "in.png", "--output", "out.png")
    assert (done.returncode, done.stderr) == (0, "")
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == (4, 3)
        assert image.convert("RGB").getpixel((0, 0)) == (245, 235, 225)


def test_new_writes_an_app_that_loads_and_a_readme(run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("new", "blur")
    assert (done.returncode, done.stderr) == (0, "")
    assert "pywebml serve blur" in done.stdout
    assert sorted(path.name for path in (tmp_path / "blur").iterdir()) == ["README.md", "app.py"]
    graph = run_cli("graph", "blur")
    assert graph.returncode == 0, graph.stderr
    assert "InferenceCalculator" in graph.stdout


def test_new_leaves_a_folder_that_holds_something_alone(run_cli: RunCli, write_app: WriteApp) -> None:
    file = write_app("mine", "blur/notes.txt")
    assert_refused(run_cli("new", "blur"), "'blur' is not empty")
    assert [path.name for path in file.parent.iterdir()] == ["notes.txt"]


def test_doctor_says_of_each_thing_what_it_found(run_cli: RunCli, cache: Path, web: Path) -> None:
    (cache / "environments" / "torch-0123" / "lib").mkdir(parents=True)
    (cache / "file").write_bytes(bytes(2048))
    (cache / "environments" / "torch-0123" / "lib" / "torch.so").write_bytes(bytes(5 * 1024))
    lines = {line[4:19].strip(): line for line in run_cli("doctor").stdout.splitlines()}
    for what in ("pywebml", "Python", "web assets", "Node.js", "npm", "browser"):
        assert what in lines
    assert f"{cache}, 1 files, 2.0 KB, converters' environments 5.1 KB;" in lines["cache"]
    assert lines["web assets"].startswith("ok")
    (web / "worker.js").unlink()
    broken = run_cli("doctor")
    assert broken.returncode == 1
    assert "BAD web assets " in broken.stdout
    assert "python static/hatch_build.py" in broken.stdout


def test_a_budget_that_is_no_size_is_wrong_usage(run_cli: RunCli, tmp_path: Path) -> None:
    done = run_cli("build", "app.py", "-o", str(tmp_path / "site"), "--budget", "5 apples")
    assert done.returncode == 2
    assert "'5 apples' is no size; write it like 5MB or 800KB" in done.stderr


def test_build_carries_the_backends_that_are_named_whatever_the_app_says(
    run_cli: RunCli, model_app: Path, tmp_path: Path
) -> None:
    model_app.write_text(model_app.read_text().replace('model")', 'model", backend="litert-wasm")'))
    done = run_cli("build", model_app, "-o", "site", "--backends", "tfjs-webgl, tfjs-webgl")
    assert (done.returncode, done.stderr) == (0, "")
    manifest = json.loads((tmp_path / "site" / "manifest.json").read_text())
    assert manifest["engines"]["backends"] == ["tfjs-webgl"]
    engines = {path.name for path in (tmp_path / "site").glob("engine/*/engines/*")}
    assert engines == {"tfjs-webgl.js"}
    assert not [*(tmp_path / "site").rglob("litert*")]


@pytest.mark.parametrize(
    ("given", "said"),
    [("webgl,cuda", "there is no backend 'webgl' or 'cuda'; "), (",", "no backend is named; ")],
)
def test_backends_that_there_are_not_are_wrong_usage(run_cli: RunCli, given: str, said: str) -> None:
    done = run_cli("build", "app.py", "-o", "site", "--backends", given)
    assert done.returncode == 2
    assert f'{said}give "auto", or one or several of litert-wasm, litert-webgpu, ' in done.stderr
