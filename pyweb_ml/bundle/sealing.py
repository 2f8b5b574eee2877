"""The last step of a build: the manifest lists every file with its hash; the build gets a name by its content."""

import hashlib
import json
import re
from collections.abc import Iterator, Set
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pyweb_ml.bundle.asset_file import Asset, asset_of
from pyweb_ml.errors import BuildError

MANIFEST = "manifest.json"
UNLISTED = (MANIFEST, "sw.js", "_headers", ".nojekyll", "404.html")
"""Files that no page loads by the manifest: itself, what the browser checks by itself, what is for hosts."""
UNLISTED_FOLDERS = ("hosting",)
TWINS = (".br", ".gz")
"""Endings of compressed twins, which hosts send in place of the file."""

_EARLY = re.compile(r'data-engine="[^"]*" data-models="[^"]*" data-large="[^"]*"')
_HINT = re.compile(r'data-(\w+)="([^"]*)"')
_BUILD = re.compile(r'(data-build="|\?build=)[^"]*"')


def seal(site: Path) -> None:
    """Writes `files` and `build` into the manifest, and `build` into the pages; may be done again after a change.

    `build` is a digest of every listed file and of the manifest; pages count without it, as they hold it.
    """
    file = site / MANIFEST
    manifest = {**json.loads(file.read_text(encoding="utf-8")), "build": "", "files": []}
    pages = sorted(site.glob("*.html"))
    for page in pages:
        _name_early(page, manifest)
        _name_build(page, "")
    _name_in_widget(site)
    listed = [asdict(asset) for asset in _assets(site)]
    manifest["build"] = hashlib.sha256(json.dumps([manifest, listed]).encode()).hexdigest()[:16]
    for page in pages:
        _name_build(page, manifest["build"])
    manifest["files"] = [asdict(asset) for asset in _assets(site)]
    file.write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")


def names_of_build(site: Path) -> Set[str]:
    """What lies in a built site's folder itself that the build has written, compressed twins included.

    The rest somebody has added, such as `CNAME`, `.htaccess` or the `.git` of a branch that a host shows.

    Raises:
        BuildError: the manifest is damaged.
    """
    if not (site / MANIFEST).exists():
        return frozenset()
    try:
        files = json.loads((site / MANIFEST).read_text(encoding="utf-8"))["files"]
        names = {file["path"].partition("/")[0] for file in files} | {*UNLISTED, *UNLISTED_FOLDERS}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        advice = "so it does not say what in the folder is the build's; give -o a new folder"
        raise BuildError(f"'{site / MANIFEST}' is damaged, {advice}") from error
    return names | {name + twin for name in names for twin in TWINS}


def _name_early(page: Path, manifest: dict[str, Any]) -> None:
    """What the page has its worker fetch before the manifest says so; `Prepare` in static/src/protocol.ts."""
    engines = manifest.get("engines", {})
    is_usual = engines.get("backends", [])[:1] == ["litert-wasm"]
    paths = " ".join(one["path"] for one in manifest["models"].values()) if is_usual else ""
    large = (engines.get("small") or {}).get("large", "")
    named = f'data-engine="{engines["folder"] if is_usual else ""}" data-models="{paths}" data-large="{large}"'
    text = page.read_text(encoding="utf-8")
    page.write_text(_EARLY.sub(lambda _: named, text), encoding="utf-8")


def _name_in_widget(site: Path) -> None:
    """Copies into `widget.js` what index.html says early: pages of other sites load that script alone."""
    widget, page = site / "widget.js", site / "index.html"
    if not widget.is_file() or not page.is_file():
        return
    hints = dict(_HINT.findall("".join(_EARLY.findall(page.read_text(encoding="utf-8")))))
    lines = widget.read_text(encoding="utf-8").splitlines()[:1]
    if hints.get("engine"):
        lines.append(lines[0].replace("export *", "import { giveHints }", 1))
        lines.append(f"giveHints(import.meta.url, {json.dumps(hints)});")
    widget.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _name_build(page: Path, build: str) -> None:
    text = page.read_text(encoding="utf-8")
    page.write_text(_BUILD.sub(rf'\g<1>{build}"', text), encoding="utf-8")


def _assets(site: Path) -> Iterator[Asset]:
    for file in sorted(path for path in site.rglob("*") if path.is_file()):
        path = file.relative_to(site)
        if path.parts[0] in UNLISTED_FOLDERS or path.as_posix() in UNLISTED or path.suffix in TWINS:
            continue
        yield asset_of(path.as_posix(), file.read_bytes())
