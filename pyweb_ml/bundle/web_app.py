"""What makes a site installable: the web app manifest and its icons, https://www.w3.org/TR/appmanifest/"""

import hashlib
import io
import json
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from pyweb_ml.graph.authoring import App

FILE = "app.webmanifest"
SIZES = (192, 512)
"""Pixels a side: what Chromium asks of an app that is to be installed."""

_OVERSAMPLING = 4


def write_web_app(app: App[Any, Any], site: Path) -> None:
    """Writes the web app manifest, and icons that are drawn for the app."""
    icons = [_write_icon(app.title, size, site) for size in SIZES]
    manifest = {
        "name": app.title,
        "short_name": app.title,
        "description": app.description,
        "id": "./",
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": _color(app.title),
        "icons": icons,
    }
    (site / FILE).write_text(json.dumps(manifest, indent=1, ensure_ascii=False), encoding="utf-8")


def _write_icon(title: str, size: int, site: Path) -> dict[str, str]:
    name = f"icon-{size}.png"
    (site / name).write_bytes(icon_png(title, size))
    # "maskable": what matters lies within the middle 80 %, so that any shape may be cut out.
    return {"src": name, "sizes": f"{size}x{size}", "type": "image/png", "purpose": "any maskable"}


def icon_png(title: str, size: int) -> bytes:
    """A lens on a ground whose hue follows from the title; a square of `size` pixels, as PNG."""
    full = size * _OVERSAMPLING
    picture = Image.new("RGB", (full, full), _color(title))
    draw = ImageDraw.Draw(picture)
    for radius, color in ((0.30, "#ffffff"), (0.22, _color(title)), (0.10, "#ffffff")):
        draw.circle((full / 2, full / 2), radius * full, fill=color)
    buffer = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


def _color(title: str) -> str:
    """A dark colour, as #rrggbb; the same for the same title."""
    hue = hashlib.sha256(title.encode()).digest()[0] * 360 // 256
    picture = Image.new("HSV", (1, 1), (hue * 255 // 360, 150, 150))
    return f"#{picture.convert('RGB').tobytes().hex()}"
