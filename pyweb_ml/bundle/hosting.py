"""What hosts should send with a site's files, and the files that tell them so."""

import shutil
from pathlib import Path

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self' blob: data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""Nothing from elsewhere, no inline script, no eval but of Wasm: https://www.w3.org/TR/CSP3/"""

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
}
"""For every file. The first two are the condition for threads; the next two let pages of other origins show the
app with `widget.js`."""

MIME_TYPES = {
    "text/html": "html",
    "text/css": "css",
    "text/javascript": "js mjs",
    "text/plain": "txt",
    "application/json": "json",
    "application/wasm": "wasm",
    "application/manifest+json": "webmanifest",
    "application/zip": "zip",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "image/jpeg": "jpeg jpg",
    "image/png": "png",
    "image/webp": "webp",
    "video/mp4": "m4v mp4",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "audio/aac": "aac",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "oga ogg opus",
    "audio/wav": "wav",
}
"""Of all files of a site that are more than bytes to a browser, by the endings of their names."""

IMMUTABLE_FOLDERS = ("engine", "models", "page", "python", "samples")
"""Folders in which no path ever has other content: each holds a digest."""

IMMUTABLE = "public, max-age=31536000, immutable"
"""Kept for a year without asking, the longest that RFC 9111's caches take; https://www.rfc-editor.org/rfc/rfc8246"""

README = """How to put this site online
===========================

Copy the whole folder to any host of static files: it works there as it is, below any path, over https. (Over
plain http, browsers give a page neither camera nor threads, unless it comes from localhost.)

What a host sends with the files makes little difference: a service worker (sw.js) adds the headers that threads
need, and keeps the app for use without a network. Where the host can send them, the first visit starts sooner:

* Netlify, Cloudflare Pages: nothing to do. They read the file "_headers" at the root of the site. If the app is to
  lie in a folder of a larger site, move the file to that site's root and write the folder before each path in it.
* GitHub Pages, S3 and others that let you set no headers: nothing to do.
* nginx: include hosting/nginx.conf as it says there.
* Apache: copy hosting/apache.conf to the site's folder as ".htaccess", or include it as it says there.

A new version: build again, and copy the whole new folder over the old one. Visitors get it on the visit after the
one that has fetched it. Files of old versions, in folders that the new one does not name, may be deleted later.

If a visitor's copy is in a bad state: open the page with "?fresh" behind its address. It forgets what was kept.
"""

_NGINX = """# Within "http", outside "server": include /path/to/this/file;
map $uri $pywebml_cache {{
    default "no-cache";
    "~/(?:{folders})/" "{immutable}";
}}

# Within the "server" or "location" that serves the site:
#
{directives}
#     gzip_static on;
#     default_type application/octet-stream;
#     types {{
{types}
#     }}
#
# "types" and "add_header" replace those of the levels above: these are all that the site needs.
"""

_APACHE = """# Apache 2.4, mod_headers. Copy this file to the site's folder as ".htaccess" where that is allowed
# (AllowOverride FileInfo), or include it within the <Directory> that serves the site.
{directives}
Header set Cache-Control "no-cache"
<If "%{{REQUEST_URI}} =~ m#/(?:{folders})/#">
    Header set Cache-Control "{immutable}"
</If>
{types}
"""


_NOT_FOUND = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Not found</title>
<p>There is no such file here.</p>
</html>
"""
"""By which `keep_own_not_found` knows the file as ours: if it ever changes, this one must stay known there."""


def write_hosting(site: Path) -> None:
    """Writes `_headers`, `.nojekyll`, `404.html`, and `hosting/` with what a person needs to know."""
    (site / "_headers").write_text(_headers_file())
    # Else GitHub Pages runs Jekyll over the site, which leaves out files that begin with "_".
    (site / ".nojekyll").touch()
    # Else Cloudflare Pages sends index.html for each file that there is not, to be kept for a year.
    (site / "404.html").write_text(_NOT_FOUND)
    (site / "hosting").mkdir()
    (site / "hosting" / "README.txt").write_text(README)
    (site / "hosting" / "nginx.conf").write_text(_nginx_file())
    (site / "hosting" / "apache.conf").write_text(_apache_file())


def keep_own_not_found(former: Path, site: Path) -> list[str]:
    """Puts the `404.html` of a former build's folder, where somebody has written one, in the place of ours.

    Returns:
        A line that says so, for the person who builds; none where ours stays.
    """
    own = former / "404.html"
    if not own.is_file() or own.read_bytes() == (site / "404.html").read_bytes():
        return []
    shutil.copyfile(own, site / "404.html")
    return [f"'{own}' is not one that PyWebML wrote, and stays as it is"]


def _headers_file() -> str:
    """Netlify's and Cloudflare Pages' format. Both join a header that two rules set: each stands in one only."""
    rules = [("/*", HEADERS)]
    rules += [(f"/{folder}/*", {"Cache-Control": IMMUTABLE}) for folder in IMMUTABLE_FOLDERS]
    lines = [[path, *(f"  {name}: {value}" for name, value in headers.items())] for path, headers in rules]
    return "\n".join("\n".join(rule) for rule in lines) + "\n"


def _nginx_file() -> str:
    sent = [f'add_header {name} "{value}" always;' for name, value in HEADERS.items()]
    # Not "always": a file that was missing once would be so for a year.
    sent.append('add_header Cache-Control "$pywebml_cache";')
    directives = "\n".join(f"#     {line}" for line in sent)
    types = "\n".join(f"#         {name} {endings};" for name, endings in MIME_TYPES.items())
    folders = "|".join(IMMUTABLE_FOLDERS)
    return _NGINX.format(folders=folders, immutable=IMMUTABLE, directives=directives, types=types)


def _apache_file() -> str:
    directives = "\n".join(f'Header always set {name} "{value}"' for name, value in HEADERS.items())
    named = ((name, " ".join(f".{ending}" for ending in endings.split())) for name, endings in MIME_TYPES.items())
    types = "\n".join(f"AddType {name} {endings}" for name, endings in named)
    folders = "|".join(IMMUTABLE_FOLDERS)
    return _APACHE.format(folders=folders, immutable=IMMUTABLE, directives=directives, types=types)
