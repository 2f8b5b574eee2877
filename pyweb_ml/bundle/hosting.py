"""What hosts should send with a site's files, and the files that tell them so."""

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
#     types {{ text/javascript mjs js; application/wasm wasm; application/manifest+json webmanifest; }}
#
# "types" replaces nginx's own list at its level: where you can edit mime.types, add what it lacks there instead.
"""


def write_hosting(site: Path) -> None:
    """Writes `_headers`, `.nojekyll`, and `hosting/` with what a person needs to know."""
    (site / "_headers").write_text(_headers_file())
    # Else GitHub Pages runs Jekyll over the site, which leaves out files that begin with "_".
    (site / ".nojekyll").touch()
    (site / "hosting").mkdir()
    (site / "hosting" / "README.txt").write_text(README)
    (site / "hosting" / "nginx.conf").write_text(_nginx_file())


def _headers_file() -> str:
    """Netlify's and Cloudflare Pages' format. Both join a header that two rules set: each stands in one only."""
    rules = [("/*", HEADERS)]
    rules += [(f"/{folder}/*", {"Cache-Control": IMMUTABLE}) for folder in IMMUTABLE_FOLDERS]
    lines = [[path, *(f"  {name}: {value}" for name, value in headers.items())] for path, headers in rules]
    return "\n".join("\n".join(rule) for rule in lines) + "\n"


def _nginx_file() -> str:
    sent = {**HEADERS, "Cache-Control": "$pywebml_cache"}
    directives = "\n".join(f'#     add_header {name} "{value}" always;' for name, value in sent.items())
    return _NGINX.format(folders="|".join(IMMUTABLE_FOLDERS), immutable=IMMUTABLE, directives=directives)
