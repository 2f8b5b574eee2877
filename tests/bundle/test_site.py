import gzip
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from pyweb_ml.bundle.app_archive import app_archive
from pyweb_ml.bundle.web_assets import write_page
from pyweb_ml.cache import sha256_of
from pyweb_ml.errors import BuildError, ModelError
from pyweb_ml.graph.config import from_json, to_json

WriteApp = Callable[..., Path]
MANIFEST = Path(__file__).parents[2] / "static" / "src" / "manifest.ts"


def with_samples(file: Path, *samples: str) -> Path:
    file.write_text(file.read_text().replace('model"', f'model", samples={list(samples)}'))
    return file


def fields_of(interface: str) -> set[str]:
    """The field names of an interface in manifest.ts, which is what the page reads."""
    match = re.search(rf"interface {interface} {{(.*?)\n}}", MANIFEST.read_text(), re.DOTALL)
    assert match
    return set(re.findall(r"^  (\w+):", match[1], re.MULTILINE))


def digest(name: str) -> str:
    """What stands for a sample's content in its path."""
    return sha256_of(b"bytes of " + name.encode())[:16]


def test_a_site_without_python_calculators_holds_no_python(model_app: Path, web: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build_site(load_app(str(model_app)), out, web=web)
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {re.sub(r"\b[0-9a-f]{16}\b", "DIGEST", name) for name in files if not name.startswith("models/")} == {
        ".nojekyll",
        "404.html",
        "_headers",
        "app.webmanifest",
        "engine/DIGEST/engines/litert-wasm.js",
        "engine/DIGEST/engines/tfjs-webgl.js",
        "engine/DIGEST/litert/engine.wasm",
        "graph.json",
        "hosting/README.txt",
        "hosting/apache.conf",
        "hosting/nginx.conf",
        "icon-192.png",
        "icon-512.png",
        "index.html",
        "manifest.json",
        "page/DIGEST/page.css",
        "page/DIGEST/widget.js",
        "page/DIGEST/worker.js",
        "widget.js",
        "worker.js",
    }


def test_the_manifest_states_the_site_as_the_page_reads_it(
    model_app: Path, web: Path, tmp_path: Path, tiny_model: bytes
) -> None:
    names = ("My photo.PNG", "film.mp4", "song.Wav")
    with_samples(model_app, *names)
    for name in names:
        (model_app.parent / name).write_bytes(b"bytes of " + name.encode())
    out = tmp_path / "site"
    build_site(load_app(str(model_app)), out, web=web)
    manifest = json.loads((out / "manifest.json").read_text())
    assert set(manifest) == fields_of("Manifest")
    sha256 = sha256_of(tiny_model)
    path = f"models/{sha256[:16]}.tflite"
    assert manifest["models"] == {"net.tflite": {"path": path, "bytes": len(tiny_model), "sha256": sha256}}
    assert (out / path).read_bytes() == tiny_model
    assert manifest["samples"] == [
        {"name": "My photo", "path": f"samples/0-{digest('My photo.PNG')}-My-photo.PNG", "kind": "image"},
        {"name": "film", "path": f"samples/1-{digest('film.mp4')}-film.mp4", "kind": "video"},
        {"name": "song", "path": f"samples/2-{digest('song.Wav')}-song.Wav", "kind": "audio"},
    ]
    assert (out / manifest["samples"][0]["path"]).read_bytes() == b"bytes of My photo.PNG"
    assert (manifest["name"], manifest["inputs"], manifest["python"]) == (
        "run_model",
        {"tensors": "Tensors"},
        None,
    )


def test_a_folder_of_samples_gives_each_of_its_files_that_can_be_shown_by_name(
    model_app: Path, web: Path, tmp_path: Path
) -> None:
    folder = model_app.parent / "photos"
    (folder / "deeper").mkdir(parents=True)
    for name in ("two_cats.jpg", "a dog.png", "notes.txt", "deeper/cow.jpg"):
        (folder / name).write_bytes(b"bytes of " + name.encode())
    build_site(load_app(str(with_samples(model_app, "photos"))), tmp_path / "site", web=web)
    samples = json.loads((tmp_path / "site" / "manifest.json").read_text())["samples"]
    assert [one["name"] for one in samples] == ["a dog", "two cats"]
    assert (tmp_path / "site" / samples[1]["path"]).read_bytes() == b"bytes of two_cats.jpg"


def test_a_folder_of_samples_without_any_is_refused(model_app: Path, web: Path, tmp_path: Path) -> None:
    (model_app.parent / "photos").mkdir()
    with pytest.raises(BuildError, match=r"'photos' of samples holds no file that ends in one of \.aac"):
        build_site(load_app(str(with_samples(model_app, "photos"))), tmp_path / "site", web=web)


@pytest.mark.parametrize(
    ("sound", "words"),
    [(False, "Your pictures never leave this device."), (True, "Your sound never leaves this device.")],
)
def test_the_page_promises_privacy_for_what_the_app_takes(
    sound: bool, words: str, model_app: Path, web: Path, tmp_path: Path
) -> None:
    (web / "index.html").write_text("<p>{{privacy}}</p>")
    (tmp_path / "site").mkdir()
    write_page(load_app(str(model_app)), web, tmp_path / "site", sound=sound)
    assert (tmp_path / "site" / "index.html").read_text() == f"<p>{words}</p>"


def test_the_graph_of_a_site_is_the_traced_one(model_app: Path, web: Path, tmp_path: Path) -> None:
    app = load_app(str(model_app))
    build_site(app, tmp_path / "site", web=web)
    written = json.loads((tmp_path / "site" / "graph.json").read_text())
    assert written == to_json(app.trace().config)
    assert from_json(written) == app.trace().config


def test_title_and_description_are_escaped_in_the_page(
    write_app: WriteApp, web: Path, tmp_path: Path, tiny_model: bytes
) -> None:
    source = '"""It\'s <b>bold</b>."""\nimport pyweb_ml as pw\n'
    source += "from pyweb_ml.calculators.inference import inference\n@pw.app(title='A <script>')\n"
    source += "def app(t: pw.Tensors):\n    return inference(t, model=pw.Model('net.tflite'))\n"
    file = write_app(source)
    file.with_name("net.tflite").write_bytes(tiny_model)
    build_site(load_app(str(file)), tmp_path / "site", web=web)
    page = (tmp_path / "site" / "index.html").read_text()
    assert "<title>A &lt;script&gt;</title>" in page
    assert "It&#x27;s &lt;b&gt;bold&lt;/b&gt;." in page


def test_a_build_replaces_a_former_build_and_nothing_else(model_app: Path, web: Path, tmp_path: Path) -> None:
    app = load_app(str(model_app))
    out = tmp_path / "site"
    build_site(app, out, web=web)
    (old,) = out.glob("page/*/worker.js")
    (web / "worker.js").write_text("another")
    build_site(app, out, web=web, twins=True)
    assert not old.exists()
    build_site(app, out, web=web)
    assert not list(out.glob("*.gz"))
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "photo.jpg").write_text("photo")
    (tmp_path / "file").write_text("file")
    for other in (tmp_path / "photos", tmp_path / "file"):
        with pytest.raises(BuildError, match=r"holds other files|is no folder"):
            build_site(app, other, web=web)
    assert (tmp_path / "photos" / "photo.jpg").read_text() == "photo"


def test_what_somebody_has_put_beside_a_build_stays(model_app: Path, web: Path, tmp_path: Path) -> None:
    """As the branch that GitHub Pages shows, with its own address."""
    out = tmp_path / "site"
    (out / ".git").mkdir(parents=True)
    added = {".git/HEAD": "ref: refs/heads/gh-pages", "CNAME": "blur.example", "robots.txt": "User-agent: *"}
    for name in (".git/HEAD", "CNAME"):
        (out / name).write_text(added[name])
    build_site(load_app(str(model_app)), out, web=web)
    (out / "robots.txt").write_text(added["robots.txt"])
    build_site(load_app(str(model_app)), out, web=web)
    assert {name: (out / name).read_text() for name in added} == added
    assert (out / "index.html").is_file()


def test_a_404_page_of_ones_own_stays_and_the_build_says_so(model_app: Path, web: Path, tmp_path: Path) -> None:
    app, out = load_app(str(model_app)), tmp_path / "site"
    build_site(app, out, web=web)
    # Not UTF-8, and with what a build writes into its own pages.
    own = b'<html data-build="mine">\r\n<p>Nicht gef\xfcnden' + b"!" * 2000
    (out / "404.html").write_bytes(own)
    report = build_site(app, out, web=web, twins=True)
    assert report.notes == [f"'{out / '404.html'}' is not one that PyWebML wrote, and stays as it is"]
    assert (out / "404.html").read_bytes() == own
    assert gzip.decompress((out / "404.html.gz").read_bytes()) == own


def test_a_404_page_that_a_build_wrote_is_written_anew_in_silence(
    model_app: Path, web: Path, tmp_path: Path
) -> None:
    app, out = load_app(str(model_app)), tmp_path / "site"
    build_site(app, out, web=web)
    written = (out / "404.html").read_bytes()
    assert build_site(app, out, web=web).notes == []
    assert (out / "404.html").read_bytes() == written


@pytest.mark.parametrize("text", ["", "[]", '{"files": 7}', '{"files": [{}]}'])
def test_a_former_build_whose_manifest_is_damaged_is_left_as_it_is(
    model_app: Path, web: Path, tmp_path: Path, text: str
) -> None:
    out = tmp_path / "site"
    build_site(load_app(str(model_app)), out, web=web)
    (out / "manifest.json").write_text(text)
    (out / "CNAME").write_text("blur.example")
    with pytest.raises(BuildError, match=r"manifest.json' is damaged, .*; give -o a new folder"):
        build_site(load_app(str(model_app)), out, web=web)
    assert (out / "CNAME").read_text() == "blur.example"


def test_a_build_that_fails_leaves_the_former_build_as_it_was(model_app: Path, web: Path, tmp_path: Path) -> None:
    out = tmp_path / "site"
    build_site(load_app(str(model_app)), out, web=web)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    around = set(tmp_path.iterdir())
    (model_app.parent / "net.tflite").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"is no \.tflite"):
        build_site(load_app(str(model_app)), out, web=web)
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    assert set(tmp_path.iterdir()) == around


@pytest.mark.parametrize(
    ("sample", "message"),
    [("gone.png", r"'gone.png' is not there; looked for '.*gone.png'"), ("app.py", "must end in")],
)
def test_a_sample_that_cannot_be_shown_is_refused(
    model_app: Path, web: Path, tmp_path: Path, sample: str, message: str
) -> None:
    with pytest.raises(BuildError, match=message):
        build_site(load_app(str(with_samples(model_app, sample))), tmp_path / "site", web=web)
    assert not (tmp_path / "site").exists()


def test_missing_web_assets_are_told_with_what_makes_them(model_app: Path, web: Path, tmp_path: Path) -> None:
    (web / "worker.js").unlink()
    with pytest.raises(BuildError, match=r"lack 'worker\.js' .* 'python static/hatch_build\.py'"):
        build_site(load_app(str(model_app)), tmp_path / "site", web=web)


def test_the_sizes_of_a_build_are_those_of_its_files(model_app: Path, web: Path, tmp_path: Path) -> None:
    report = build_site(load_app(str(model_app)), tmp_path / "site", web=web)
    sizes = {one.part: one for one in report.sizes()}
    assert set(sizes) == {"engine", "models", "page and worker"}
    files = [path for path in (tmp_path / "site").rglob("*") if path.is_file()]
    assert sum(one.bytes for one in sizes.values()) == sum(path.stat().st_size for path in files)
    assert sizes["models"].gzip < sizes["models"].bytes


def test_the_apps_archive_is_all_that_its_module_needs_besides_numpy(python_app: Path, tmp_path: Path) -> None:
    (tmp_path / "app.zip").write_bytes(app_archive(python_app))
    script = (
        "import sys; sys.path.insert(0, 'app.zip'); import app; print(app.negative.__module__, app.pw.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, env={}
    )
    assert done.stdout.split() == ["app", "app.zip/pyweb_ml/__init__.py"]


def test_equal_apps_give_equal_archives(write_app: WriteApp, python_app: Path) -> None:
    write_app("X = 1", "copy/unused.py")
    copy = write_app(python_app.read_text(), "copy/app.py")
    assert app_archive(copy) == app_archive(python_app)


def test_the_archive_holds_imported_modules_and_neither_tests_nor_the_server(write_app: WriteApp) -> None:
    write_app("Y = 1", "app/helper.py")
    data = app_archive(write_app("import helper"))
    path = write_app("", "archive.zip")
    path.write_bytes(data)
    names = zipfile.ZipFile(path).namelist()
    assert {"app.py", "helper.py", "pyweb_ml/page.py", "pyweb_ml/graph/authoring.py"} <= set(names)
    assert names == sorted(names)
    assert not [name for name in names if name.startswith(("pyweb_ml/bundle", "pyweb_ml/cli", "pyweb_ml/server"))]


def test_a_module_that_would_hide_the_package_is_refused(write_app: WriteApp) -> None:
    write_app("", "app/pyweb_ml.py")
    with pytest.raises(BuildError, match="would hide the package pyweb_ml; rename it"):
        app_archive(write_app("import pyweb_ml"))
