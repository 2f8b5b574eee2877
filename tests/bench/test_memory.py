"""What a process and those that it started hold."""

import os
import subprocess
import sys
import time

import pytest

from pyweb_ml.bench.memory import PeakMemory, held_by

MUCH = 64 * 2**20
CHILD = f"import sys; data = b'x' * {MUCH}; print('ready', flush=True); sys.stdin.read()"

pytestmark = pytest.mark.skipif(
    held_by(os.getpid()) is None, reason="this system does not say what processes hold"
)


def grow() -> "subprocess.Popen[str]":
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout
    child.stdout.readline()
    return child


def test_what_a_child_holds_counts_for_its_subject_alone() -> None:
    peak = PeakMemory(os.getpid())
    with peak.watching():
        peak.begin("one")
        with grow() as child:
            deadline = time.monotonic() + 30
            while peak.grown.get("one", 0) < MUCH and time.monotonic() < deadline:
                time.sleep(0.05)
            peak.begin("")
            child.communicate("")
    assert peak.grown.keys() == {"one"}
    assert peak.grown["one"] >= MUCH


def test_of_a_process_that_is_gone_nothing_is_said() -> None:
    with grow() as child:
        child.communicate("")
    assert held_by(child.pid) is None
