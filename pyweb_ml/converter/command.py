"""`pywebml convert`: its arguments, and what they do."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyweb_ml.converter.options import ConvertOptions
    from pyweb_ml.progress import Progress

EXAMPLES = """\
pywebml convert face.tflite -o web                     both forms, proved, with web/report.html
pywebml convert net.onnx -o web --shape 1,3,480,640    fix a shape that is not known
pywebml convert net.keras -o web --float16             half the size
pywebml convert net.onnx -o web --int8 --calibrate photos --range -1 1
pywebml convert net.py:make_net -o web                 PyTorch: a function that gives a module and an example input
pywebml convert yolov3-tiny.cfg -o web                 Darknet, with yolov3-tiny.weights beside it
pywebml convert net.tflite -o web --compare            measure all forms, to choose one
pywebml convert net.onnx --check                       will it convert? in seconds, writing nothing
pywebml convert --list-ops                             what is converted, and each operation's limits
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `pywebml convert`."""
    parser.add_argument(
        "model",
        metavar="MODEL",
        nargs="?",
        help=".tflite, .keras, .h5, .onnx, .pt2, .cfg (Darknet), model.json (TF.js), SavedModel, file.py:factory",
    )
    parser.add_argument("-o", "--output", metavar="OUT", help="a new folder, or that of a former conversion")
    _add_reading(parser)
    _add_forms(parser)
    _add_proof(parser)
    asking = parser.add_argument_group("instead of converting")
    asking.add_argument("--check", action="store_true", help="say which operator stands in the way, if any")
    asking.add_argument("--list-ops", action="store_true", help="list the operators that are converted")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the model")
    group.add_argument(
        "--shape",
        metavar="[NAME=]1,3,480,640",
        action="append",
        default=[],
        type=shape,
        help="the shape of an input, in the model's own layout; once for each input",
    )
    group.add_argument(
        "--channels-last",
        action="store_true",
        help="turn an ONNX model's pictures to (batch, height, width, channels)",
    )
    group.add_argument("--weights", metavar="FILE", type=Path, help="Darknet's .weights, if it has another name")
    group.add_argument("--rules", metavar="FILE", type=Path, help="a Python file with rules for custom operators")


def _add_forms(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the result")
    one = group.add_mutually_exclusive_group()
    # fmt: off
    forms = {"--float32": "float32", "--float16": "float16", "--int8": "static_int8",
             "--dynamic-int8": "dynamic_int8", "--weight-only-int8": "weight_only_int8"}
    # fmt: on
    texts = {
        "--float32": "weights in float32 (default, unless the model has them in float16)",
        "--float16": "weights in float16: half the size",
        "--int8": "computes in int8: a quarter of the size, faster on Wasm; wants --calibrate",
        "--dynamic-int8": "weights in int8, the rest measured at run time",
        "--weight-only-int8": "weights in int8, computes in float32",
    }
    for flag, form in forms.items():
        one.add_argument(flag, dest="form", action="store_const", const=form, help=texts[flag])
    group.add_argument("--prune", metavar="SHARE", type=float, help="set this share of the weights to 0, as 0.5")
    group.add_argument(
        "--cluster", metavar="N", type=int, help="let each layer's weights take N values only, as 32"
    )
    group.add_argument("--compare", action="store_true", help="measure all forms, in the report")


def _add_proof(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the proof")
    group.add_argument(
        "--calibrate", metavar="FOLDER", type=Path, help="pictures like those that the model will see"
    )
    group.add_argument(
        "--range",
        metavar=("LOW", "HIGH"),
        nargs=2,
        type=float,
        default=(0.0, 1.0),
        help="what black and white are to the model (default: 0 1)",
    )
    group.add_argument("--browser", action="store_true", help="run it in Chromium too: wasm, webgl, webgpu, cpu")
    group.add_argument("--rtol", metavar="E", type=float, help="the largest error, as a part of an output's range")
    group.add_argument("--force", action="store_true", help="write it though it is not the same model")


def shape(text: str) -> tuple[str, tuple[int, ...]]:
    """The name ("" without one) and the sizes in "input=1,3,480,640"."""
    name, _, sizes = text.rpartition("=")
    numbers = sizes.split(",")
    if not all(number.strip().isdecimal() and int(number) > 0 for number in numbers):
        raise argparse.ArgumentTypeError(f"'{text}' is no shape; write sizes above 0, as in input=1,3,480,640")
    return name, tuple(map(int, numbers))


def run(given: argparse.Namespace) -> int:
    """Does what `add_arguments` has parsed; gives the exit status."""
    from pyweb_ml.console import TextConsole

    if given.list_ops:
        from pyweb_ml.converter.op_table import format_ops

        print(format_ops())
        return 0
    _require(given.model, "name the model to convert: pywebml convert MODEL -o OUT")
    console = TextConsole()
    if given.check:
        return _watched(console.end, lambda: _check(given, console.progress, console.end))
    _require(given.output, "say where to write it: pywebml convert MODEL -o OUT")
    return _watched(console.end, lambda: _convert(given, console.progress, console.end))


def _require(word: str | None, message: str) -> None:
    if not word:
        print(f"pywebml: {message}", file=sys.stderr)
        raise SystemExit(2)


def _watched(end: Callable[[], None], work: Callable[[], int]) -> int:
    try:
        return work()
    finally:
        end()


def _check(given: argparse.Namespace, progress: "Progress", end: Callable[[], None]) -> int:
    from pyweb_ml.converter.check import check_model

    problems = check_model(given.model, options_of(given), progress)
    end()
    if not problems:
        print(f"'{given.model}' will convert to .tflite and TF.js")
    print(*problems, sep="\n")
    return 1 if problems else 0


def _convert(given: argparse.Namespace, progress: "Progress", end: Callable[[], None]) -> int:
    from pyweb_ml.converter.convert import convert
    from pyweb_ml.converter.summary import summary

    report = convert(given.model, Path(given.output), options_of(given), progress)
    end()
    print(summary(report, Path(given.output)))
    return 0


def options_of(given: argparse.Namespace) -> "ConvertOptions":
    """The conversion's options out of parsed arguments."""
    from pyweb_ml.converter.options import ConvertOptions
    from pyweb_ml.converter.readers.options import ReadOptions

    return ConvertOptions(
        read=ReadOptions(shapes=dict(given.shape), weights=given.weights, channels_last=given.channels_last),
        form=given.form,
        sparsity=given.prune,
        clusters=given.cluster,
        pictures=given.calibrate,
        value_range=(given.range[0], given.range[1]),
        rules=given.rules,
        tolerance=given.rtol,
        force=given.force,
        browser=given.browser,
        compare=given.compare,
    )
