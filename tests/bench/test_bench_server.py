"""The benchmark's server: who may ask, what is sent, what is counted."""

import gzip
import json
import shutil
import ssl
import subprocess
import urllib.request
from pathlib import Path

import pytest
from werkzeug.test import Client

from pyweb_ml.bench.job import BenchError
from pyweb_ml.bench.server import Exchange, make_bench_app, serving

SCRIPT = b"export const one = 1;\n" * 100
INDEX = '<html lang="en" data-build="1" data-service-worker="sw.js"><p>app</p>'


@pytest.fixture
def exchange(tmp_path: Path) -> Exchange:
    for name in ("page", "app", "rivals", "frames"):
        (tmp_path / "work" / name).mkdir(parents=True)
    (tmp_path / "work/app/index.html").write_text(INDEX)
    (tmp_path / "work/app/page.js").write_bytes(SCRIPT)
    (tmp_path / "work/frames/000.png").write_bytes(b"picture")
    (tmp_path / "secret.txt").write_text("secret")
    return Exchange({"title": "App"}, tmp_path / "work")


@pytest.fixture
def client(exchange: Exchange) -> Client:
    return Client(make_bench_app(exchange))


def test_every_answer_isolates_the_page_and_is_kept_by_nobody(exchange: Exchange, client: Client) -> None:
    answer = client.get(f"/{exchange.token}/job.json")
    assert answer.json == {"title": "App"}
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["/", "/job.json", "/app/page.js", "/another-token/job.json"])
def test_nobody_is_answered_without_the_token(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["app/../../secret.txt", "app/%2e%2e/%2e%2e/secret.txt", "secret.txt", "app"])
def test_nothing_but_the_benchmark_is_sent(exchange: Exchange, client: Client, address: str) -> None:
    assert client.get(f"/{exchange.token}/{address}").status_code == 404


def test_a_link_out_of_the_folder_is_not_followed(exchange: Exchange, client: Client, tmp_path: Path) -> None:
    (tmp_path / "work/app/link.txt").symlink_to(tmp_path / "secret.txt")
    assert client.get(f"/{exchange.token}/app/link.txt").status_code == 404


def test_the_app_has_no_service_worker_here_which_would_keep_files_for_the_next_subject(
    exchange: Exchange, client: Client
) -> None:
    assert client.get(f"/{exchange.token}/app/").text == '<html lang="en" data-build="1"><p>app</p>'


def test_files_count_once_for_the_subject_that_is_alone_and_frames_do_not(
    exchange: Exchange, client: Client
) -> None:
    def get(address: str) -> None:
        with client.get(f"/{exchange.token}/{address}") as answer:
            assert answer.status_code == 200

    get("app/page.js")  # nobody is alone yet
    assert client.post(f"/{exchange.token}/begin", json={"subject": "one"}).status_code == 204
    for address in ("app/page.js", "app/page.js", "frames/000.png"):
        get(address)
    assert exchange.wire("one") == (len(SCRIPT), len(gzip.compress(SCRIPT, 6)))
    assert exchange.wire("another") == (0, 0)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"what": "x", "done": "many", "total": 1}'])
def test_what_is_no_message_is_refused(exchange: Exchange, client: Client, body: bytes) -> None:
    assert client.post(f"/{exchange.token}/progress", data=body).status_code == 400


def test_a_page_that_fails_ends_the_wait_with_its_words(exchange: Exchange, client: Client) -> None:
    client.post(f"/{exchange.token}/failed", json={"message": "no frames"})
    assert exchange.ended.is_set()
    assert exchange.failure == "no frames"


def test_a_certificate_that_is_none_is_refused_with_how_to_make_one(exchange: Exchange, tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    with (
        pytest.raises(BenchError, match=r"'.*secret\.txt' is no PEM file .*openssl req -x509"),
        serving(exchange, "127.0.0.1", certificate=path),
    ):
        pass


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificate")
def test_with_a_certificate_it_is_https(exchange: Exchange, tmp_path: Path) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=pywebml"]
    subprocess.run(
        [*make, "-keyout", "key.pem", "-out", "cert.pem"], cwd=tmp_path, check=True, capture_output=True
    )
    both = tmp_path / "both.pem"
    both.write_text((tmp_path / "key.pem").read_text() + (tmp_path / "cert.pem").read_text())
    context = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    context.check_hostname = False
    with serving(exchange, "127.0.0.1", certificate=both) as port:
        address = f"https://127.0.0.1:{port}/{exchange.token}/job.json"
        with urllib.request.urlopen(address, context=context, timeout=30) as answer:
            assert json.load(answer) == {"title": "App"}
