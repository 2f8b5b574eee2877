"""The compiled page and worker, as a site has them: below a folder that is named by their content."""

import base64
import hashlib
import html
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pyweb_ml.bundle.app_archive import PACKAGE
from pyweb_ml.bundle.hosting import CONTENT_SECURITY_POLICY
from pyweb_ml.errors import BuildError
from pyweb_ml.graph.authoring import App

WEB_VARIABLE = "PYWEBML_WEB"
"""Environment variable that names other compiled web assets than the package's own; for work on those."""

ENTRIES = ("sw.js",)
"""Scripts that keep their name and place, because the browser knows them by it."""

LEFT_OUT = ("runtime.js",)
"""For scripts without an app: no site needs it."""

SCRIPTS = ("widget.js", "worker.js")
"""They have a fixed address too, for pages of other sites, but it only leads to those of the build."""

_PRIVACY = {False: "Your pictures never leave this device.", True: "Your sound never leaves this device."}
"""By whether the app takes sound."""

REQUIRED = ("index.html", *SCRIPTS)

_OWN = re.compile(r'(?P<attribute>src|href)="\{\{page\}\}(?P<name>[\w.-]+)"')


def web_folder() -> Path:
    """The compiled page and worker, which every site gets a copy of."""
    return Path(os.environ.get(WEB_VARIABLE) or PACKAGE / "web").absolute()


def require_web(web: Path) -> None:
    """Refuses a folder that lacks what every site needs.

    Raises:
        BuildError: names the first file that is not there.
    """
    missing = [name for name in REQUIRED if not (web / name).is_file()]
    if missing:
        raise BuildError(_lacks(missing[0], web))


def _lacks(name: str, web: Path) -> str:
    return (
        f"the compiled web assets lack '{name}' (in '{web}'); in a checkout, make them with "
        "'python static/hatch_build.py'; otherwise install pywebml again"
    )


def content_folder(kind: str, files: Iterable[Path], root: Path) -> str:
    """ "kind/DIGEST/": a folder for these files below `root`, of another name whenever one of them differs."""
    digest = hashlib.sha256()
    for file in sorted(files):
        name = file.relative_to(root).as_posix()
        digest.update(f"{name} {hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return f"{kind}/{digest.hexdigest()[:16]}/"


def write_page(app: App[Any, Any], web: Path, site: Path, *, sound: bool = False) -> None:
    """Writes the page and the worker, the entry files, and each page of HTML with the app's words in it.

    Args:
        sound: whether the app takes sound, rather than pictures.
    """
    own = [file for file in web.iterdir() if file.is_file() and not _is_entry(file) and file.name not in LEFT_OUT]
    folder = content_folder("page", own, web)
    (site / folder).mkdir(parents=True)
    for file in own:
        shutil.copyfile(file, site / folder / file.name)
    for name in ENTRIES:
        if (web / name).is_file():
            text = (web / name).read_text(encoding="utf-8")
            (site / name).write_text(text.replace("{{csp}}", CONTENT_SECURITY_POLICY), encoding="utf-8")
    for name in SCRIPTS:
        (site / name).write_text(f'export * from "./{folder}{name}";\n')
    for file in web.glob("*.html"):
        words = {"title": app.title, "description": app.description, "privacy": _PRIVACY[sound]}
        text = _filled(file.read_text(encoding="utf-8"), words, site, folder)
        (site / file.name).write_text(text, encoding="utf-8")


def _is_entry(file: Path) -> bool:
    return file.name in ENTRIES or file.suffix == ".html"


def _filled(text: str, words: Mapping[str, str], site: Path, folder: str) -> str:
    for key, value in {**words, "csp": CONTENT_SECURITY_POLICY}.items():
        text = text.replace("{{" + key + "}}", html.escape(value))

    def place(match: re.Match[str]) -> str:
        name = folder + match["name"]
        return f'{match["attribute"]}="{name}" integrity="{_integrity(site / name)}"'

    return _OWN.sub(place, text)


def _integrity(file: Path) -> str:
    """What the attribute `integrity` says of a file: https://www.w3.org/TR/SRI/"""
    if not file.is_file():
        raise BuildError(_lacks(file.name, file.parent))
    return f"sha256-{base64.b64encode(hashlib.sha256(file.read_bytes()).digest()).decode()}"
