"""Asks a page's workers, and theirs, what only DevTools' protocol tells (https://chromedevtools.github.io/devtools-protocol).

Playwright has sessions for pages only; a worker is asked through the session of whoever has started it.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Page

PATIENCE = 40
"""Looks for an answer, 50 ms apart."""


class WorkerSession:
    """One worker; `workers` are those that it has started itself, by session."""

    def __init__(self, post: Callable[[str], None], wait: Callable[[], None]) -> None:
        self._post, self._wait = post, wait
        self._answers: dict[int, Any] = {}
        self._last = 0
        self._is_deaf = False
        self.workers: dict[str, WorkerSession] = {}
        self._send("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=False)

    def ask(self, method: str) -> Any:
        """What a method without parameters gives; None where the worker is gone, or a thread that sleeps."""
        number = self._send(method)
        for _ in range(0 if self._is_deaf else PATIENCE):
            if number in self._answers:
                return self._answers.pop(number)
            self._wait()
        self._is_deaf = True
        return None

    def receive(self, message: str) -> None:
        told = json.loads(message)
        if "id" in told:
            self._answers[told["id"]] = told.get("result")
        else:
            _follow(self.workers, told["method"], told.get("params", {}), self._send, self._wait)

    def _send(self, method: str, **params: Any) -> int:
        self._last += 1
        self._post(json.dumps({"id": self._last, "method": method, "params": params}))
        return self._last


def _follow(
    workers: dict[str, WorkerSession],
    event: str,
    params: dict[str, Any],
    send: Callable[..., Any],
    wait: Callable[[], None],
) -> None:
    """Keeps the workers that somebody has started up to date."""
    session = params.get("sessionId", "")
    if event == "Target.attachedToTarget":
        workers[session] = WorkerSession(
            lambda message: send("Target.sendMessageToTarget", sessionId=session, message=message), wait
        )
    elif event == "Target.detachedFromTarget":
        workers.pop(session, None)
    elif event == "Target.receivedMessageFromTarget" and session in workers:
        workers[session].receive(params["message"])


class PageSessions:
    """A page and all its workers."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._workers: dict[str, WorkerSession] = {}

        def send(method: str, **params: Any) -> None:
            self._session.send(method, params)

        def follow(event: str) -> Callable[[dict[str, Any]], None]:
            return lambda params: _follow(self._workers, event, params, send, lambda: page.wait_for_timeout(50))

        for event in ("attachedToTarget", "detachedFromTarget", "receivedMessageFromTarget"):
            self._session.on(f"Target.{event}", follow(f"Target.{event}"))
        send("Target.setAutoAttach", autoAttach=True, waitForDebuggerOnStart=False, flatten=False)

    def ask(self, method: str) -> list[Any]:
        """What a method without parameters gives in the page, then in each worker that answers."""
        answers = [self._session.send(method)]
        answers += [worker.ask(method) for worker in list(_all(self._workers))]
        return [answer for answer in answers if answer is not None]


def _all(workers: dict[str, WorkerSession]) -> Iterator[WorkerSession]:
    for worker in list(workers.values()):
        yield worker
        yield from _all(worker.workers)
