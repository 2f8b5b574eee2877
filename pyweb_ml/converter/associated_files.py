"""Files that travel with a `.tflite`: labels, vocabularies. TFLite's metadata puts them behind it, in a zip."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

from pyweb_ml.errors import ConversionError

_END, _END_BYTES = b"PK\5\6", 22
"""How a zip's last record begins (APPNOTE.TXT, 4.3.16), and how long it is without a comment."""
_MOST = 2**24
"""Bytes that all files may take: they are small, and a zip can claim to hold anything."""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The date of each file, the same for the same bytes."""


def unpack_files(data: memoryview) -> dict[str, bytes]:
    """The files behind the model that `data` begins with, by name; none if it ends with no zip.

    Raises:
        ConversionError: the zip is damaged, or its files take more than 16 MiB.
    """
    if bytes(data[-_END_BYTES:][:4]) != _END:
        return {}
    try:
        with zipfile.ZipFile(_View(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if sum(entry.file_size for entry in entries) > _MOST:
                raise ConversionError(f"the files behind it take more than {_MOST // 2**20} MiB")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise ConversionError(f"the zip of files behind it is damaged ({error})") from error


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """The zip to put behind a model; no bytes for no files."""
    if not files:
        return b""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), data)
    return packed.getvalue()


class _View(io.RawIOBase):
    """A file whose bytes are in memory already, and are not copied."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        at = (0, self._at, len(self._data))[whence] + offset
        if at < 0:
            raise ValueError(f"a place before the file's begin ({at})")
        self._at = at
        return at

    def readinto(self, buffer: Any) -> int:
        part = self._data[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)
