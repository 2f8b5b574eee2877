"""The frames that are measured, as pictures that every browser decodes: a video needs no codec there."""

import shutil
from pathlib import Path

import PIL.Image

from pyweb_ml.bench.job import BenchError
from pyweb_ml.graph.payloads import Image
from pyweb_ml.runner.media import IMAGE_SUFFIXES, png_bytes, read_image
from pyweb_ml.runner.video import read_video

MOST_BYTES = 96 * 2**20
"""Of decoded frames: the page holds all of them at once, so that decoding is not what is measured."""
MOST_FRAMES = 60
"""Of a video; they are shown again and again."""
BROWSERS_READ = (".jpg", ".jpeg", ".png", ".webp")


def write_frames(source: Path, folder: Path) -> list[str]:
    """Writes a picture, or the first frames of a video, into `folder`; gives the files' names, in order.

    Raises:
        BenchError: there is no such file.
        MediaError: it is damaged, or neither a picture nor a video.
    """
    if not source.is_file():
        raise BenchError(f"there is no file '{source}'; give a picture or a video as --input")
    if source.suffix.lower() in IMAGE_SUFFIXES:
        return [_picture(source, folder)]
    names: list[str] = []
    size = 0
    for _, frame in read_video(source):
        size += frame.nbytes
        if names and (size > MOST_BYTES or len(names) == MOST_FRAMES):
            break
        names.append(_jpeg(frame, folder / f"{len(names):03}.jpg"))
    if not names:
        raise BenchError(f"the video '{source}' has no frames")
    return names


def _picture(source: Path, folder: Path) -> str:
    """As it is where it is upright; a copy turned as its EXIF says would else be another size here and there."""
    image = read_image(source)
    suffix = source.suffix.lower()
    with PIL.Image.open(source) as picture:
        upright = picture.getexif().get(0x0112, 1) == 1  # the tag Orientation; 1 is upright (Exif 2.32, 4.6.4)
    if upright and suffix in BROWSERS_READ:
        name = f"000{suffix}"
        shutil.copyfile(source, folder / name)
    else:
        name = "000.png"
        (folder / name).write_bytes(png_bytes(image))
    return name


def _jpeg(frame: Image, path: Path) -> str:
    PIL.Image.fromarray(frame).convert("RGB").save(path, quality=95)
    return path.name
