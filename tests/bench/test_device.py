"""Inviting a phone; finding a browser."""

import sys
from pathlib import Path

import pytest

from pyweb_ml.bench.browser import browser, find_browser
from pyweb_ml.bench.device import addresses, invitation
from pyweb_ml.bench.job import BenchError
from pyweb_ml.browser_process import VARIABLE


def test_there_is_an_address_to_give_to_a_phone() -> None:
    assert all(len(one.split(".")) == 4 for one in addresses())
    assert addresses()


def test_over_http_the_invitation_says_what_will_be_missing() -> None:
    text = invitation(["http://192.0.2.7:8000/token/"])
    assert "  http://192.0.2.7:8000/token/\n" in text
    assert "no threads, no WebGPU and no measure of memory" in text


def test_over_https_nothing_is_missing() -> None:
    assert "no threads" not in invitation(["https://192.0.2.7:8000/token/"])


def test_the_invitation_has_a_qr_code() -> None:
    pytest.importorskip("segno", reason="an environment from before segno was in requirements.lock")
    modules = [
        line for line in invitation(["http://192.0.2.7:8000/token/"]).splitlines() if "▀" in line or "█" in line
    ]
    assert len(modules) > 10


def test_a_browser_that_is_not_there_is_refused_by_its_name() -> None:
    with pytest.raises(BenchError, match="there is no browser '/no/where'; give the path of its program"):
        find_browser("/no/where")


def test_the_environment_names_the_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, sys.executable)
    assert find_browser(None) == sys.executable


def test_without_any_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(BenchError, match="no Chromium, Chrome or Edge was found; install one"):
        find_browser(None)


def test_a_program_that_cannot_be_started_is_refused(tmp_path: Path) -> None:
    program = tmp_path / "browser"
    program.write_text("no program")
    program.chmod(0o755)
    with (
        pytest.raises(BenchError, match=r"cannot be started .*give another one as --browser"),
        browser(str(program), "about:blank"),
    ):
        pass
