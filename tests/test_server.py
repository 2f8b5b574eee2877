import http.client
import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pyweb_ml.live_site import LiveSite, State
from pyweb_ml.server import FOR_ITSELF, FOR_OTHERS, HEADERS
from pyweb_ml.watching import snapshot

WriteApp = Callable[..., Path]
PATIENCE = 60.0

FOR_EVER = "while True: pass\n"


class Server:
    """`pywebml serve` in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        assert process.stdout
        first = process.stdout.readline()
        match = re.match(r"serving at (http://\S+/) ", first)
        assert match, first
        self.netloc = urlsplit(match[1]).netloc

    def get(self, path: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body; the path is sent as it is."""
        connection = http.client.HTTPConnection(self.netloc, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read().decode()
        finally:
            connection.close()

    def wait_for(self, path: str, status: int, text: str) -> str:
        """The body of `path`, once it has this status and holds this text."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self.get(path)
            if answer[0] == status and text in answer[2]:
                return answer[2]
            time.sleep(0.1)
        raise AssertionError(f"{path} still answers {answer}")

    def events(self, path: str) -> Iterator[dict[str, object]]:
        connection = http.client.HTTPConnection(self.netloc, timeout=PATIENCE)
        try:
            connection.request("GET", path)
            for line in connection.getresponse():
                if line.startswith(b"data: "):
                    yield json.loads(line[6:])
        finally:
            connection.close()

    def interrupt(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


@pytest.fixture
def serve(tmp_path: Path, cli_environment: dict[str, str]) -> Iterator[Callable[..., Server]]:
    """Starts a server; afterwards it must end with status 0, and leave no temporary file."""
    servers: list[Server] = []

    def start(spec: Path) -> Server:
        command = [sys.executable, "-m", "pyweb_ml", "serve", str(spec), "--port", "0"]
        process = subprocess.Popen(command, env=cli_environment, stdout=subprocess.PIPE, text=True, cwd=tmp_path)
        servers.append(Server(process))
        return servers[-1]

    yield start
    for server in servers:
        assert server.interrupt() == 0
        assert server.process.stdout
        server.process.stdout.close()
    assert list((tmp_path / "tmp").iterdir()) == []


Serve = Callable[[Path], Server]


def test_an_app_is_served_at_the_root_with_what_reloads_it(serve: Serve, model_app: Path) -> None:
    server = serve(model_app)
    page = server.wait_for("/", 200, "Runs a model")
    assert '<script defer src="/_pywebml/reload.js" data-events="/_pywebml/events/"' in page
    assert server.get("/index.html")[2] == page
    assert json.loads(server.get("/manifest.json")[2])["name"] == "run_model"
    assert "EventSource" in server.get("/_pywebml/reload.js")[2]


def test_every_answer_isolates_the_page_and_has_its_type(serve: Serve, model_app: Path) -> None:
    server = serve(model_app)
    server.wait_for("/", 200, "Runs a model")
    types = {
        "/": "text/html; charset=utf-8",
        "/worker.js": "text/javascript; charset=utf-8",
        "/manifest.json": "application/json",
        "/_pywebml/serve.css": "text/css; charset=utf-8",
        "/nothing": "text/html; charset=utf-8",
    }
    for path, content_type in types.items():
        _, headers, _ = server.get(path)
        assert headers["Content-Type"] == content_type
        assert headers.items() >= HEADERS.items(), path


def test_an_apps_own_files_and_nothing_else_may_be_read_by_pages_of_other_origins(
    serve: Serve, model_app: Path
) -> None:
    server = serve(model_app)
    server.wait_for("/", 200, "Runs a model")
    for path in ("/worker.js", "/widget.js", "/manifest.json"):
        assert server.get(path)[1].items() >= FOR_OTHERS.items(), path
    for path in ("/", "/_pywebml/serve.css", "/_pywebml/graph/"):
        headers = server.get(path)[1]
        assert headers.items() >= FOR_ITSELF.items(), path
        assert "Access-Control-Allow-Origin" not in headers, path


def test_nothing_but_the_site_can_be_read(serve: Serve, model_app: Path) -> None:
    server = serve(model_app)
    server.wait_for("/", 200, "Runs a model")
    paths = (
        "/../app.py",
        "/%2e%2e/%2e%2e/app.py",
        "/..%2fapp.py",
        "/_pywebml/../server.py",
        "/_pywebml/status.html",
    )
    assert {path: server.get(path)[0] for path in paths} == dict.fromkeys(paths, 404)


def test_a_broken_app_shows_its_error_and_recovers_when_mended(serve: Serve, model_app: Path) -> None:
    source = model_app.read_text()
    server = serve(model_app.parent)
    server.wait_for("/", 200, "Runs a model")
    model_app.write_text("x = (\n")
    page = server.wait_for("/", 500, "app cannot be built")
    assert re.search(r'role="alert">[^<]*app\.py:1:5: syntax error: &#39;\(&#39; was never closed', page)
    assert "<details>" in page
    model_app.write_text(source.replace("Runs a model", "Runs again"))
    server.wait_for("/", 200, "Runs again")


def test_an_open_page_hears_of_each_build(serve: Serve, model_app: Path) -> None:
    server = serve(model_app)
    events = server.events("/_pywebml/events/")
    first = next(event for event in events if event["phase"] == "ready")
    model_app.write_text(model_app.read_text().replace("Runs a model", "Changed"))
    later = next(event for event in events if event["version"] != first["version"])
    assert later["phase"] == "ready"


def test_a_gallery_shows_all_apps_the_broken_and_the_new_ones_too(
    serve: Serve, model_app: Path, write_app: WriteApp, tmp_path: Path
) -> None:
    write_app("x = 1\n", "broken/app.py")
    server = serve(tmp_path)
    server.wait_for("/app/", 200, "Runs a model")
    server.wait_for("/broken/", 500, "holds no app")
    page = server.get("/")[2]
    assert '<a class="card" href="/app/">' in page
    assert re.search(r'class="bad">cannot be built: [^<]*holds no app', page)
    write_app("x = 1\n", "later/app.py")
    assert "/_pywebml/screenshot/" not in server.get("/")[2]
    (model_app.parent / "screenshot.jpg").write_bytes(b"a picture")
    assert 'src="/_pywebml/screenshot/app"' in server.get("/")[2]
    assert server.get("/_pywebml/screenshot/app")[2] == "a picture"
    assert server.get("/_pywebml/screenshot/later")[0] == 404
    assert 'href="/later/"' in server.get("/")[2]
    assert server.get("/app")[0] == 308
    assert server.get("/nowhere/")[0] == server.get("/_pywebml/events/nowhere")[0] == 404


def test_in_a_gallery_nothing_large_is_installed_before_somebody_opens_the_app(
    serve: Serve, model_app: Path, write_app: WriteApp, tmp_path: Path
) -> None:
    source = model_app.read_text()
    write_app(re.sub(r"pw\.Model\([^)]*\)", 'pw.Model("net.py:make")', source), "torch/app.py")
    write_app("def make(): ...\n", "torch/net.py")
    server = serve(tmp_path)
    page = server.wait_for("/", 200, "built when it is opened")
    assert re.search(r"torch is not installed yet \(about \d+ MB, once\)", page)


def test_the_first_visit_to_an_app_that_waits_begins_its_build(tmp_path: Path) -> None:
    site = LiveSite(
        "app", "app.py", tmp_path, tmp_path, threading.Condition(), patient=True, state=State("waiting")
    )
    site.visit()
    assert (site.state.phase, site.patient) == ("building", False)


def test_while_an_app_is_built_its_page_says_so_and_an_interrupt_ends_it_all(
    serve: Serve, write_app: WriteApp
) -> None:
    server = serve(write_app(FOR_EVER))
    page = server.wait_for("/", 503, "<li>loading")
    assert "app is being built" in page


def test_a_change_ends_the_build_that_it_makes_useless(serve: Serve, model_app: Path) -> None:
    source = model_app.read_text()
    model_app.write_text(FOR_EVER)
    server = serve(model_app)
    server.wait_for("/", 503, "<li>loading")
    model_app.write_text(source)
    server.wait_for("/", 200, "Runs a model")


def test_only_the_apps_own_files_are_watched(tmp_path: Path) -> None:
    for name in ("app.py", ".hidden/a", "__pycache__/b.pyc", "node_modules/c.js", "deep/er/d.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    seen = snapshot(tmp_path)
    assert {Path(path).relative_to(tmp_path).as_posix() for path in seen} == {"app.py", "deep/er/d.png"}
    (tmp_path / "deep/er/d.png").write_text("longer than before")
    assert snapshot(tmp_path) != seen
