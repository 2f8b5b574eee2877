"""An app that is built again, in a process of its own, whenever its files change."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pyweb_ml.console import STAGES
from pyweb_ml.converter.environment import EXISTING_ONLY, NOT_YET
from pyweb_ml.live_graph import LiveGraph, read_live_graph
from pyweb_ml.watching import INTERVAL, snapshot

STALLED = 300.0
"""Seconds without a word after which a build is given up."""

PATIENCE = 3.0
"""Seconds that a build has to end by itself once it is interrupted."""

_STARTED = time.time_ns()
_one_build_at_a_time = threading.Lock()


Phase = Literal["building", "ready", "failed", "waiting"]


@dataclass(frozen=True)
class State:
    """How far an app is.

    Attributes:
        phase: "waiting": to be built it needs a large installation, which begins with the first visit.
        version: another one for each finished build, also across runs of the server.
        stages: what the build that runs has been busy with, the last being the current one.
        folder: the last build that is whole.
    """

    phase: Phase = "building"
    version: str = "0"
    stages: tuple[str, ...] = ()
    message: str = ""
    traceback: str = ""
    folder: Path | None = None


@dataclass
class LiveSite:
    """One app that is being served; `changes` is notified whenever its state is another.

    Args:
        spec: which app, as on the command line.
        source: the folder whose files are watched.
        work: a folder for builds, which is this site's alone.
        patient: nothing large is installed before the first visit.
    """

    name: str
    spec: str
    source: Path
    work: Path
    changes: threading.Condition
    state: State = field(default_factory=State)
    patient: bool = False
    _count: int = 0
    _heard: float = 0.0
    _process: subprocess.Popen[str] | None = None
    _wanted: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _graph: tuple[str, LiveGraph] | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def graph(self) -> LiveGraph:
        """The graph as of the last finished build.

        Raises:
            LiveGraphError: the app cannot be loaded.
        """
        version = self.state.version
        with self._reading:
            if self._graph is None or self._graph[0] != version:
                self._graph = version, read_live_graph(self.spec)
            return self._graph[1]

    def start(self) -> None:
        """Builds for the first time, and from then on at each change."""
        self.work.mkdir(parents=True, exist_ok=True)
        self._wanted.set()
        self._threads = [threading.Thread(target=run, daemon=True) for run in (self._watch, self._build_again)]
        for thread in self._threads:
            thread.start()

    def visit(self) -> None:
        """Somebody wants to see it: what has waited for that begins."""
        if self.state.phase == "waiting":
            self.patient = False
            self._set(replace(self.state, phase="building", stages=()))
            self._wanted.set()

    def stop(self) -> None:
        """Ends the threads and any build; afterwards nothing of this site runs any more."""
        self._stopping.set()
        self._wanted.set()
        self._kill()
        for thread in self._threads:
            thread.join(timeout=10)

    def _watch(self) -> None:
        seen = snapshot(self.source)
        while not self._stopping.wait(INTERVAL):
            now = snapshot(self.source)
            if now != seen:
                seen = now
                self._wanted.set()
                self._kill()
            elif self._process and time.monotonic() - self._heard > STALLED:
                self._kill()

    def _kill(self) -> None:
        process = self._process
        if process is None or process.poll() is not None:
            return
        _signal(process, signal.SIGINT)  # so that it takes its temporary files with it
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            _signal(process, signal.SIGTERM)

    def _build_again(self) -> None:
        while True:
            self._wanted.wait()
            with _one_build_at_a_time:
                if self._stopping.is_set():
                    return
                self._wanted.clear()
                self._build()

    def _build(self) -> None:
        self._count += 1
        out = self.work / str(self._count)
        self._set(replace(self.state, phase="building", stages=()))
        last = self._run(out)
        if self._stopping.is_set() or self._wanted.is_set():
            return
        version = f"{_STARTED}-{self._count}"
        if last.get("type") == "done":
            former = self.state.folder
            self._set(State("ready", version, self.state.stages, folder=out))
            shutil.rmtree(former, ignore_errors=True) if former else None
        else:
            message = last.get("message") or _NO_RESULT
            trace = last.get("traceback", "")
            phase: Phase = "waiting" if self.patient and NOT_YET in message else "failed"
            self._set(replace(self.state, phase=phase, version=version, message=message, traceback=trace))
        self._tell()

    def _run(self, out: Path) -> dict[str, Any]:
        """Runs a build; gives its last message."""
        command = [sys.executable, "-m", "pyweb_ml", "build", self.spec, "-o", str(out), "--json"]
        self._heard = time.monotonic()
        last: dict[str, Any] = {}
        log: list[str] = []
        with subprocess.Popen(
            command,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={**os.environ, EXISTING_ONLY: "1"} if self.patient else None,
        ) as self._process:
            for line in self._process.stdout or ():
                self._heard = time.monotonic()
                last = self._hear(line, log) or last
        self._process = None
        return last if last.get("type") in ("done", "error") else {"traceback": "".join(log[-50:])}

    def _hear(self, line: str, log: list[str]) -> dict[str, Any] | None:
        """Takes in one line of a build; what is no message of ours is the app's own output."""
        try:
            message = json.loads(line)
        except json.JSONDecodeError:
            message = None
        if not isinstance(message, dict) or "type" not in message:
            log.append(line)
            return None
        if message["type"] == "progress":
            words = f"{STAGES.get(message['stage'], message['stage'])} {message['detail']}"
            if words not in self.state.stages:
                self._set(replace(self.state, stages=(*self.state.stages, words)))
        return message

    def _set(self, state: State) -> None:
        with self.changes:
            self.state = state
            self.changes.notify_all()

    def _tell(self) -> None:
        waits = "is built when it is opened: " if self.state.phase == "waiting" else ""
        said = "ready" if self.state.phase == "ready" else waits + self.state.message
        print(f"{self.name}: {said}", flush=True)


_NO_RESULT = "the build ended without a result; it has stalled, or something else has ended it"


def _signal(process: subprocess.Popen[str], number: int) -> None:
    """Signals a build and the processes that it has started."""
    if sys.platform == "win32":
        process.kill()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
