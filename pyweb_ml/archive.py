"""Single files read out of archives that somebody else made; nothing is ever unpacked to disk."""

import io
import tarfile
import zipfile
from collections.abc import Iterator

MAX_FILE_BYTES = 512 * 2**20
"""The largest file that is read, packed or not: a page could not hold a larger one."""


class ArchiveError(Exception):
    """The archive cannot be read, or does not hold the wanted file; the message says which."""


def read_tar_member(data: bytes, path: str) -> bytes:
    """The file at `path`, below the one top folder that npm packages and Python sdists have.

    Raises:
        ArchiveError: the archive is damaged, or has no such file, or the file is too large.
    """
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:gz") as archive:
            names = []
            for member in archive:
                names.append(member.name.partition("/")[2])
                if member.isfile() and names[-1] == path:
                    file = archive.extractfile(member)
                    return _limited(path, member.size, file.read(MAX_FILE_BYTES + 1) if file else b"")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ArchiveError(f"the archive is damaged ({error})") from error
    raise ArchiveError(_absent(path, names))


def read_zip_member(data: bytes, path: str) -> bytes:
    """The file at `path` of a wheel or another zip.

    Raises:
        ArchiveError: the archive is damaged, or has no such file, or the file is too large.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if path not in archive.namelist():
                raise ArchiveError(_absent(path, archive.namelist()))
            return _read_zipped(archive, archive.getinfo(path))
    except (zipfile.BadZipFile, NotImplementedError, OSError) as error:
        raise ArchiveError(f"the archive is damaged ({error})") from error


def zip_members(archive: zipfile.ZipFile, suffix: str) -> Iterator[bytes]:
    """The bytes of every file whose name ends in `suffix`, one after the other."""
    for member in archive.infolist():
        if member.filename.endswith(suffix):
            yield _read_zipped(archive, member)


def _read_zipped(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        return _limited(member.filename, member.file_size, file.read(MAX_FILE_BYTES + 1))


def _limited(path: str, size: int, data: bytes) -> bytes:
    if max(size, len(data)) > MAX_FILE_BYTES:
        raise ArchiveError(f"'{path}' is larger than {MAX_FILE_BYTES // 2**20} MiB")
    return data


def _absent(path: str, names: list[str]) -> str:
    suffix = "." + path.rpartition(".")[2]
    alike = [name for name in names if name.endswith(suffix)][:5]
    return f"it holds no '{path}'" + (f"; it does hold {', '.join(alike)}" if alike else "")
