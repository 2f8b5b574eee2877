"""What makes a site whole: files listed with hashes, one name for the build, what hosts and browsers read."""

import json
import re
from pathlib import Path

import PIL.Image
import pytest

from pyweb_ml.apps import load_app
from pyweb_ml.bundle import build_site
from pyweb_ml.bundle.hosting import HEADERS, IMMUTABLE, IMMUTABLE_FOLDERS
from pyweb_ml.bundle.samples import KINDS
from pyweb_ml.bundle.sealing import seal
from pyweb_ml.cache import sha256_of

PAGES = ("index.html", "embed.html")

PAGE = """<!doctype html><html data-build="{{build}}" data-engine="" data-models="" data-large=""><head>
<meta http-equiv="Content-Security-Policy" content="{{csp}}">
<link rel="stylesheet" href="{{page}}page.css"></head>
<body><pywebml-app src="./?build={{build}}"></pywebml-app></body></html>"""


@pytest.fixture
def site(model_app: Path, web: Path, tmp_path: Path) -> Path:
    (web / "index.html").write_text(PAGE)
    (web / "sw.js").write_text('const policy = "{{csp}}";')
    build_site(load_app(str(model_app)), tmp_path / "site", web=web)
    return tmp_path / "site"


HOSTING = ("README.txt", "apache.conf", "nginx.conf")


def manifest_of(site: Path) -> dict[str, object]:
    manifest: dict[str, object] = json.loads((site / "manifest.json").read_text())
    return manifest


def files_of(site: Path) -> dict[str, tuple[int, str]]:
    listed = json.loads((site / "manifest.json").read_text())["files"]
    return {one["path"]: (one["bytes"], one["sha256"]) for one in listed}


def test_every_file_that_a_page_loads_is_listed_with_its_size_and_hash(site: Path) -> None:
    files = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    hosting = {"_headers", ".nojekyll", "404.html", *(f"hosting/{name}" for name in HOSTING)}
    unlisted = {"manifest.json", "sw.js", *hosting}
    assert files.keys() - files_of(site).keys() == unlisted
    for path, (size, sha256) in files_of(site).items():
        assert (size, sha256) == (len(files[path]), sha256_of(files[path])), path


def test_compressed_twins_are_not_listed(site: Path) -> None:
    (site / "graph.json.br").touch()
    seal(site)
    assert "graph.json.br" not in files_of(site)


def test_the_page_is_of_the_build_that_the_manifest_names(site: Path) -> None:
    page = (site / "index.html").read_text()
    build = manifest_of(site)["build"]
    assert re.fullmatch(r"[0-9a-f]{16}", str(build))
    assert f'data-build="{build}"' in page
    assert f'src="./?build={build}"' in page


def test_the_page_states_what_its_worker_fetches_before_the_manifest_has_come(site: Path) -> None:
    page = (site / "index.html").read_text()
    engine, models, large = re.findall(r'data-(?:engine|models|large)="([^"]*)"', page)
    (model,) = (site / "models").glob("*.tflite")
    assert (site / engine / "litert").is_dir()
    assert models == f"models/{model.name}"
    assert large == ""


def test_the_page_states_how_large_the_engine_is_before_which_a_small_one_may_come(site: Path) -> None:
    file = site / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["engines"]["small"] = {"backend": "tfjs-wasm", "large": 9_000_000}
    file.write_text(json.dumps(manifest))
    seal(site)
    assert 'data-large="9000000"' in (site / "index.html").read_text()


def test_every_page_of_the_site_states_the_same(site: Path) -> None:
    (site / "embed.html").write_text(PAGE)
    seal(site)
    hints = [re.findall(r'data-(?:engine|models)="([^"]+)"', (site / name).read_text()) for name in PAGES]
    assert hints[0] == hints[1]
    assert len(hints[0]) == 2


def test_the_widget_that_pages_of_other_sites_load_states_the_same_however_often_it_is_sealed(site: Path) -> None:
    seal(site)
    leads, imports, gives = (site / "widget.js").read_text().splitlines()
    assert imports == leads.replace("export *", "import { giveHints }")
    hints = json.loads(gives.removeprefix("giveHints(import.meta.url, ").removesuffix(");"))
    page = (site / "index.html").read_text()
    assert hints == dict(re.findall(r'data-(engine|models|large)="([^"]*)"', page))
    assert hints["engine"]


def test_the_page_states_nothing_of_it_where_the_usual_backend_is_not_the_first(site: Path) -> None:
    file = site / "manifest.json"
    manifest = json.loads(file.read_text())
    manifest["engines"]["backends"] = ["tfjs-webgl", "litert-wasm"]
    file.write_text(json.dumps(manifest))
    seal(site)
    assert 'data-engine="" data-models="" data-large=""' in (site / "index.html").read_text()


def test_sealing_again_changes_nothing_unless_a_file_has_changed(site: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    seal(site)
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before
    build = manifest_of(site)["build"]
    (site / "graph.json").write_text("{}")
    seal(site)
    assert manifest_of(site)["build"] != build


def test_equal_apps_give_equal_builds(site: Path, model_app: Path, web: Path, tmp_path: Path) -> None:
    build_site(load_app(str(model_app)), tmp_path / "again", web=web)
    assert manifest_of(tmp_path / "again") == manifest_of(site)


def test_a_changed_script_has_another_path(site: Path, model_app: Path, web: Path, tmp_path: Path) -> None:
    (web / "worker.js").write_text("another")
    build_site(load_app(str(model_app)), tmp_path / "again", web=web)
    paths = [next(folder.glob("page/*/worker.js")).relative_to(folder) for folder in (site, tmp_path / "again")]
    assert paths[0] != paths[1]
    assert (site / "worker.js").read_text() == f'export * from "./{paths[0].as_posix()}";\n'


def test_the_page_states_the_hash_of_what_it_loads(site: Path) -> None:
    (sheet,) = site.glob("page/*/page.css")
    path = sheet.relative_to(site).as_posix()
    assert re.search(rf'href="{path}" integrity="sha256-[\w+/]{{43}}="', (site / "index.html").read_text())


def test_hosts_are_told_what_to_send_once_and_what_never_changes(site: Path) -> None:
    text = (site / "_headers").read_text()
    for name, value in HEADERS.items():
        assert text.count(f"  {name}: {value}\n") == 1
    for folder in IMMUTABLE_FOLDERS:
        assert f"/{folder}/*\n  Cache-Control: {IMMUTABLE}\n" in text
    nginx = (site / "hosting" / "nginx.conf").read_text()
    assert all(f'add_header {name} "{value}" always;' in nginx for name, value in HEADERS.items())
    apache = (site / "hosting" / "apache.conf").read_text()
    assert all(f'Header always set {name} "{value}"' in apache for name, value in HEADERS.items())


def test_no_host_keeps_for_a_year_that_a_file_is_missing(site: Path) -> None:
    """What has "always" is sent with a 404, too; and Cloudflare Pages sends one only where there is a 404.html."""
    for name in ("nginx.conf", "apache.conf"):
        lines = (site / "hosting" / name).read_text().splitlines()
        caching = [line for line in lines if "Cache-Control" in line]
        assert caching
        assert [line for line in caching if "always" in line] == []
    assert (site / "404.html").is_file()


def test_hosts_are_told_the_type_of_each_file_that_is_more_than_bytes(site: Path) -> None:
    """nginx's "types" replaces its own list: without text/html in it, the page was shown as its source."""
    endings = {path.suffix for path in site.rglob("*") if path.is_file()} | KINDS.keys()
    bytes_alone = {"", ".bin", ".conf", ".reference", ".tflite"}
    nginx = (site / "hosting" / "nginx.conf").read_text()
    apache = (site / "hosting" / "apache.conf").read_text()
    for ending in endings - bytes_alone:
        assert re.search(rf"#  +[a-z]+/[a-z0-9+]+ (?:\w+ )*{ending[1:]}[ ;]", nginx), ending
        assert re.search(rf"^AddType [a-z]+/[a-z0-9+]+ .*\{ending}\b", apache, re.MULTILINE), ending


def test_what_hosts_keep_for_a_year_has_a_digest_in_its_path(site: Path) -> None:
    kept = [path for path in files_of(site) if path.partition("/")[0] in IMMUTABLE_FOLDERS]
    assert {path.partition("/")[0] for path in kept} == {"engine", "models", "page"}
    assert [path for path in kept if not re.search(r"[0-9a-f]{16}", path)] == []


def test_the_service_worker_knows_the_files_of_a_site_from_those_of_others(site: Path) -> None:
    script = (Path(__file__).parents[2] / "static" / "src" / "service_worker_paths.ts").read_text()
    top = set(re.findall(r'"([\w.-]+)"', script.partition("const TOP")[2].partition("];")[0]))
    folders = re.search(r"\^\(\?:([a-z|]+)\)", script)
    assert folders
    assert tuple(folders[1].split("|")) == IMMUTABLE_FOLDERS
    assert {path for path in files_of(site) if "/" not in path} <= top | {"manifest.json"}


def test_the_service_worker_sends_the_same_policy(site: Path) -> None:
    assert (site / "sw.js").read_text() == f'const policy = "{HEADERS["Content-Security-Policy"]}";'


def test_the_site_can_be_installed(site: Path) -> None:
    app = json.loads((site / "app.webmanifest").read_text())
    assert (app["name"], app["start_url"], app["display"]) == ("Runs a model", "./", "standalone")
    for icon in app["icons"]:
        with PIL.Image.open(site / icon["src"]) as picture:
            assert "x".join(map(str, picture.size)) == icon["sizes"]
