"""The page's Python starts from a snapshot before the files have come of the modules that are not in it."""

import hashlib
import importlib
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any


class LaterModules(MetaPathFinder):
    """Finds the modules that are there; has the files of all others brought when the first of them is imported.

    Args:
        bring: fetches what has not come, and puts it where Python finds it; it is told how to take a sha256.
        folders: in which modules may be already, such as the app's own.
    """

    def __init__(self, bring: Callable[[Callable[[Any], str]], None], *folders: str) -> None:
        self._bring = bring
        self._folders = folders
        # Before files are looked for, and after what is built in.
        sys.meta_path.insert(sys.meta_path.index(PathFinder), self)

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises an ImportError where the files cannot be had."""
        found = PathFinder.find_spec(name, self._folders if path is None else path, target)
        if found is not None and found.loader is not None:
            return found
        try:
            self._bring(_sha256)
        except Exception as error:
            raise ImportError(f"no module '{name}': {error}", name=name) from error
        self.end()
        # Whoever goes through the finders skips the next one now, as this one is gone.
        return PathFinder.find_spec(name, path, target)

    def end(self) -> None:
        """The files are there: modules are found as ever."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        importlib.invalidate_caches()


def _sha256(data: Any) -> str:
    """Of an array of JavaScript's; https://pyodide.org/en/stable/usage/api/python-api/ffi.html#pyodide.ffi.JsBuffer"""
    return hashlib.sha256(data.to_py()).hexdigest()
