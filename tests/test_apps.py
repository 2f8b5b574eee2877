from collections.abc import Callable
from pathlib import Path

import pytest

from pyweb_ml.apps import app_folders, find_app_file, load_app, local_modules, trace_app
from pyweb_ml.errors import AppError, AuthoringError, ConfigError
from pyweb_ml.graph_text import graph_text
from pyweb_ml.script import script_dependencies

WriteApp = Callable[..., Path]

APP = """
import pyweb_ml as pw

@pw.app(title="{title}")
def {name}(frame: pw.Image):
    return frame
"""


def app_source(name: str, before: str = "") -> str:
    return before + APP.format(title=name.capitalize(), name=name)


def test_an_app_is_found_by_its_file_its_folder_and_its_name(write_app: WriteApp) -> None:
    file = write_app(app_source("first"))
    for spec in (str(file), str(file.parent), f"{file}:first"):
        assert load_app(spec).title == "First"
    assert load_app(str(file)).file == file


def test_two_apps_in_files_of_the_same_name_do_not_collide(write_app: WriteApp) -> None:
    helper = "from helper import NAME\nassert NAME == '{0}'\n"
    files = {name: write_app(app_source(name, helper.format(name)), f"{name}/app.py") for name in ("one", "two")}
    for name in files:
        write_app(f"NAME = '{name}'", f"{name}/helper.py")
    assert [load_app(str(files[name])).name for name in ("one", "two", "one")] == ["one", "two", "one"]


def test_the_description_is_that_of_the_apps_own_file(write_app: WriteApp) -> None:
    apps = [
        load_app(str(write_app(app_source(name, f'"""About {name}."""\n'), f"{name}/app.py"))) for name in "ab"
    ]
    assert [app.description for app in apps] == ["About a.", "About b."]


def test_a_calculator_belongs_to_the_module_that_the_page_will_import(python_app: Path) -> None:
    graph = trace_app(load_app(str(python_app)))
    assert graph.contracts["negative"].work.__module__ == "app"
    assert graph.config.node[0].options == {"module": "app"}


def test_an_app_that_is_only_imported_counts_where_the_file_has_none_of_its_own(write_app: WriteApp) -> None:
    write_app(app_source("inner"), "app/other.py")
    file = write_app("from other import inner\n")
    assert load_app(str(file)).name == "inner"
    own = write_app(app_source("outer", "from other import inner\n"), "app/outer.py")
    assert load_app(str(own)).name == "outer"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("x = 1\n", r"app\.py' holds no app; put @pw\.app\("),
        ("import pyweb_ml as pw\nprint((\n", r"app\.py:2:7: syntax error: '\(' was never closed: print\(\("),
        ("x = 1\n\ny = missing\n", r"app\.py:3: .*imported: NameError: name 'missing' is not defined"),
        ("import sys\nsys.exit(3)\n", r"app\.py:2: .*SystemExit: 3"),
        (
            "import nosuchpackage\n",
            r"app\.py:1: .*No module named 'nosuchpackage'; install it .*pip install nosuch",
        ),
        ("x = 1\0\n", r"app\.py"),
    ],
)
def test_a_file_that_is_no_app_is_refused_in_one_line(write_app: WriteApp, source: str, message: str) -> None:
    file = write_app(source)
    with pytest.raises(AppError, match=message) as caught:
        load_app(str(file))
    assert "\n" not in str(caught.value)


def test_a_syntax_error_shows_its_line_with_a_caret_as_notes(write_app: WriteApp) -> None:
    file = write_app("def f(:\n    pass\n")
    with pytest.raises(AppError) as caught:
        load_app(str(file))
    assert caught.value.__notes__ == ["def f(:", "      ^"]


def test_the_error_of_a_module_beside_the_app_names_that_module(write_app: WriteApp) -> None:
    write_app("\nvalue = 1 / 0\n", "app/helper.py")
    file = write_app(app_source("first", "import helper\n"))
    with pytest.raises(AppError, match=r"helper\.py:2: .*ZeroDivisionError"):
        load_app(str(file))


def test_of_two_apps_in_a_file_one_must_be_named(write_app: WriteApp) -> None:
    file = write_app(app_source("first") + app_source("second"))
    with pytest.raises(AppError, match=r"holds 2 apps, 'first', 'second'; choose one, such as '.*app\.py:first'"):
        load_app(str(file))
    assert load_app(f"{file}:second").name == "second"
    with pytest.raises(AppError, match=r"holds no app 'third'; it holds 'first', 'second'"):
        load_app(f"{file}:third")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothere.py", "is not there"),
        ("empty", r"has no app\.py"),
        ("graph.pbtxt", "is not there; give a .py file, a folder with an app.py, or a .pbtxt file"),
        ("graph.pbtxt:name", "is one graph; leave out ':name'"),
        ("notes.txt", "ends in .py or .pbtxt"),
        ("random.py", "Python has a module 'random' of its own; rename the file"),
    ],
)
def test_a_path_that_cannot_be_an_app_is_refused_before_it_is_run(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "empty").mkdir()
    for existing in ("notes.txt", "random.py"):
        (tmp_path / existing).write_text("raise SystemExit")
    with pytest.raises(AppError, match=message):
        find_app_file(str(tmp_path / name))


def test_a_pipeline_that_raises_while_traced_names_its_line(write_app: WriteApp) -> None:
    file = write_app(app_source("first").replace("return frame", "return [][1]"))
    with pytest.raises(AppError, match=r"app\.py:6: the pipeline 'first' failed while it was traced: IndexError"):
        trace_app(load_app(str(file)))


def test_an_authoring_error_keeps_its_own_words(write_app: WriteApp) -> None:
    file = write_app(app_source("first").replace("return frame", "return frame + 1"))
    with pytest.raises(AuthoringError, match="has no value while the pipeline is traced"):
        trace_app(load_app(str(file)))


GRAPH = """\
# Gives back what
# comes in, blurred.

# No more of it.
input_stream: "frame"
output_stream: "output"
node {
  name: "blur"
  calculator: "GaussianBlurCalculator"
  input_stream: "IMAGE:frame"
  output_stream: "IMAGE:output"
  node_options { [type.googleapis.com/pywebml.GaussianBlurCalculatorOptions] { sigma: 2 } }
}
"""


def test_a_text_graph_is_an_app_named_by_its_file_and_described_by_its_first_comment(write_app: WriteApp) -> None:
    app = load_app(str(write_app(GRAPH, "my_blur.pbtxt")))
    assert (app.name, app.title) == ("my_blur", "My blur")
    assert app.description == "Gives back what comes in, blurred."
    assert load_app(str(write_app(GRAPH, "face_finder/graph.pbtxt"))).title == "Face finder"
    graph = trace_app(app)
    assert (graph.inputs, graph.outputs, graph.models) == ({"frame": "Image"}, {"output": "Image"}, {})


INFERENCE = """\
input_stream: "a" output_stream: "b"
node {
  calculator: "InferenceCalculator" input_stream: "TENSORS:a" output_stream: "TENSORS:b"
  node_options { [type.googleapis.com/mediapipe.InferenceCalculatorOptions] { model_path: "net.tflite" } }
}
"""


def test_the_model_of_a_text_graph_lies_beside_it(write_app: WriteApp) -> None:
    file = write_app(INFERENCE, "graph.pbtxt")
    model = trace_app(load_app(str(file))).models["net.tflite"]
    assert (model.source, model.base) == ("net.tflite", file.parent)


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("sigma", "sgima", "graph.pbtxt: line 12, column 80, node 0 ('blur'), field 'sgima': "),
        ("IMAGE:frame", "IMAGE:frames", "graph.pbtxt:7: the node 'blur' reads 'frames', which nothing produces"),
        ('GaussianBlurCalculator"', 'Gauss"', "graph.pbtxt:7: the node 'blur' is a 'Gauss', which is no known"),
    ],
)
def test_a_mistake_in_a_text_graph_is_told_with_its_file_and_line(
    write_app: WriteApp, right: str, wrong: str, message: str
) -> None:
    file = write_app(GRAPH.replace(right, wrong, 1), "graph.pbtxt")
    with pytest.raises(ConfigError) as caught:
        trace_app(load_app(str(file)))
    assert message in str(caught.value)


def test_a_text_graph_that_breaks_a_rule_can_be_seen_as_a_picture_nevertheless(write_app: WriteApp) -> None:
    app = load_app(str(write_app(GRAPH.replace("GaussianBlur", "NoSuch", 1), "graph.pbtxt")))
    assert "NoSuch" in graph_text(app, "svg")
    with pytest.raises(ConfigError, match="NoSuch"):
        graph_text(app, "svg", expand=True)


def test_a_text_graph_whose_types_cannot_be_told_is_refused(write_app: WriteApp) -> None:
    text = 'input_stream: "a" output_stream: "b"\n'
    text += 'node { calculator: "PassThroughCalculator" input_stream: "a" output_stream: "b" }\n'
    with pytest.raises(ConfigError, match=r"graph\.pbtxt: the type of the stream 'a' cannot be told"):
        trace_app(load_app(str(write_app(text, "graph.pbtxt"))))


def test_only_folders_with_an_app_belong_to_a_gallery(write_app: WriteApp, tmp_path: Path) -> None:
    for path in ("b/app.py", "a/app.py", "c/other.py", "app.py"):
        write_app("", path)
    assert [folder.name for folder in app_folders(tmp_path)] == ["a", "b"]


def test_local_modules_are_those_that_the_app_imports_and_no_others(write_app: WriteApp) -> None:
    write_app("import second", "app/first.py")
    for path in ("second", "unused", "package/__init__", "package/part"):
        write_app("", f"app/{path}.py")
    file = write_app("import numpy\nimport first\ndef later():\n    from package.part import x\n")
    names = [path.relative_to(file.parent).as_posix() for path in local_modules(file)]
    assert names == ["app.py", "first.py", "package/__init__.py", "package/part.py", "second.py"]


def test_dependencies_are_read_from_the_script_block(write_app: WriteApp) -> None:
    file = write_app('# /// script\n# dependencies = [\n#   "scipy>=1",\n# ]\n# ///\n#\n# No part of it.\n')
    assert [str(one) for one in script_dependencies(file)] == ["scipy>=1"]
    assert script_dependencies(write_app("x = 1\n")) == []


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ("# /// script\n# dependencies = []\nx = 1\n", "app.py:1: .* not closed"),
        ("# /// script\n# dependencies = [\n# ///\n", "is no TOML"),
        ("# /// script\n# dependencies = 'scipy'\n# ///\n", "list of strings"),
        ("# /// script\n# dependencies = ['sci py']\n# ///\n", "'sci py' cannot be read"),
        ("# /// script\n# ///\n\n# /// script\n# ///\n", "app.py:4: there is a second"),
    ],
)
def test_a_script_block_that_is_wrong_is_refused(write_app: WriteApp, block: str, message: str) -> None:
    with pytest.raises(AppError, match=message):
        script_dependencies(write_app(block))


def test_a_folder_with_a_graph_in_text_is_an_app_too() -> None:
    examples = Path(__file__).parents[1] / "examples"
    assert load_app(str(examples / "mediapipe_graph")).trace().outputs == {"output_video": "Image"}
    found = [folder.name for folder in app_folders(examples)]
    assert {"background_blur", "mediapipe_graph"} <= set(found)
    assert "samples" not in found
