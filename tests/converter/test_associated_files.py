"""Labels and other files behind a model are kept."""

import zipfile
from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.interpreter import run_file
from pyweb_ml.converter.readers.tflite import decode_tflite, read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.small_models import chain, conv, normal, picture


def model_with_labels(path: Path, compression: int = zipfile.ZIP_STORED) -> Path:
    """A model with files as TFLite's own metadata writer puts them behind it: zipfile appends to the model."""
    write_tflite(chain(conv(picture())), path)
    with zipfile.ZipFile(path, "a", compression) as archive:
        archive.writestr("labels.txt", "cat\ndog\n" * 100)
        archive.writestr("vocabulary.txt", "a b c")
    return path


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "compressed"])
def test_files_behind_a_model_are_read_and_written_and_the_model_still_runs(
    compression: int, tmp_path: Path
) -> None:
    path = model_with_labels(tmp_path / "m.tflite", compression)
    write_tflite(read_tflite(path), tmp_path / "again.tflite")
    assert read_tflite(tmp_path / "again.tflite").files == {
        "labels.txt": b"cat\ndog\n" * 100,
        "vocabulary.txt": b"a b c",
    }
    assert zipfile.ZipFile(tmp_path / "again.tflite").testzip() is None
    inputs = {"picture": normal(3, 2, 8, 6, 3)}
    assert np.array_equal(run_file(tmp_path / "again.tflite", inputs)[0], run_file(path, inputs)[0])


def test_writing_what_was_read_gives_the_same_bytes(tmp_path: Path) -> None:
    write_tflite(read_tflite(model_with_labels(tmp_path / "m.tflite")), tmp_path / "first.tflite")
    write_tflite(read_tflite(tmp_path / "first.tflite"), tmp_path / "second.tflite")
    assert (tmp_path / "first.tflite").read_bytes() == (tmp_path / "second.tflite").read_bytes()


def test_a_model_without_files_has_none(tmp_path: Path) -> None:
    write_tflite(chain(conv(picture())), tmp_path / "m.tflite")
    assert read_tflite(tmp_path / "m.tflite").files == {}


def test_files_that_unpack_to_very_much_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    write_tflite(chain(conv(picture())), path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(2**24 + 1))
    with pytest.raises(ConversionError, match=r"^'m.tflite': the files behind it take more than 16 MiB"):
        read_tflite(path)


def test_damaged_files_are_refused_or_read_and_nothing_else(tmp_path: Path) -> None:
    whole = model_with_labels(tmp_path / "m.tflite", zipfile.ZIP_DEFLATED).read_bytes()
    start = zipfile.ZipFile(tmp_path / "m.tflite").infolist()[0].header_offset
    random, refused = np.random.default_rng(0), 0
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[random.integers(start, len(whole))] ^= 1 << random.integers(8)
        refused += is_refused(bytes(damaged))
    assert refused > 100


def is_refused(data: bytes) -> bool:
    try:
        decode_tflite(memoryview(data))
    except ConversionError:
        return True
    return False
