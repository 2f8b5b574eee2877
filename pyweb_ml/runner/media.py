"""Pictures in and out of the desktop runner."""

import io
import warnings
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageOps
from PIL import UnidentifiedImageError

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.payloads import Image

MAX_PIXELS = 100_000_000
"""More than any camera makes; beyond it a file is taken for one that is made to exhaust memory."""
IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp"})


def read_image(path: Path) -> Image:
    """Reads a picture as uint8 (height, width, 4), upright as its EXIF says.

    Raises:
        MediaError: there is no such file, or it is no picture, or a damaged or an enormous one.
    """
    if not path.is_file():
        raise MediaError(f"there is no file '{path}'")
    try:
        with warnings.catch_warnings(), PIL.Image.open(path) as picture:
            # Ours is the limit that counts; Pillow warns from its own on.
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            _check_size(path, picture)
            upright = PIL.ImageOps.exif_transpose(picture)
            return np.asarray(upright.convert("RGBA"))
    except UnidentifiedImageError:
        raise MediaError(f"'{path}' is no picture; give a PNG, JPEG or WebP file") from None
    except (OSError, SyntaxError, ValueError, PIL.Image.DecompressionBombError) as error:
        raise MediaError(f"the picture '{path}' is damaged: {error}") from error


def _check_size(path: Path, picture: PIL.Image.Image) -> None:
    if picture.width * picture.height > MAX_PIXELS:
        raise MediaError(
            f"the picture '{path}' has {picture.width} x {picture.height} pixels; "
            f"at most {MAX_PIXELS // 1_000_000} million are read"
        )


def png_bytes(image: Image) -> bytes:
    """The bytes of a PNG file of uint8 (height, width, 3 or 4)."""
    target = io.BytesIO()
    PIL.Image.fromarray(image).save(target, format="PNG")
    return target.getvalue()


def write_image(path: Path, image: Image) -> None:
    """Writes uint8 (height, width, 3 or 4); JPEG drops the alpha channel.

    Raises:
        MediaError: the file cannot be written.
    """
    picture = PIL.Image.fromarray(image)
    if path.suffix.lower() in (".jpg", ".jpeg"):
        picture = picture.convert("RGB")
    try:
        picture.save(path)
    except OSError as error:
        raise MediaError(f"cannot write '{path}': {error}") from error
