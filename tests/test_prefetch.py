import pytest

from pyweb_ml.sources import SourceError
from tests import prefetch


def test_what_cannot_be_fetched_is_told_and_all_else_is_fetched(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fetched: list[str] = []

    def fail() -> None:
        raise SourceError("the registry does not answer")

    needed = [("one", fail), ("another", lambda: fetched.append("another"))]
    monkeypatch.setattr(prefetch, "what_is_needed", lambda: needed)
    prefetch.main()
    assert fetched == ["another"]
    assert "not fetched ahead of the tests: one: the registry does not answer\n" in capsys.readouterr().out
