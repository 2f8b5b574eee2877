"""All apps that are being served."""

import threading
from pathlib import Path

from pyweb_ml.apps import APP_FILES, app_folders, find_app_file
from pyweb_ml.errors import AppError
from pyweb_ml.live_site import LiveSite


class LiveSites:
    """The apps that are served: one, or all in a folder."""

    def __init__(self, spec: str, work: Path) -> None:
        self.changes = threading.Condition()
        self._work = work
        self._folder: Path | None = None
        self._by_name: dict[str, LiveSite] = {}
        self._looking = threading.Lock()
        if is_gallery(spec):
            self._folder = Path(spec).resolve()
            self.look_again()
        else:
            file, _ = find_app_file(spec)
            self._add("", file.parent.name, str(Path(spec).absolute()), file.parent)

    @property
    def is_gallery(self) -> bool:
        return self._folder is not None

    def look_again(self) -> None:
        """Takes in apps that are new in the folder, and lets go of those that have gone."""
        with self._looking:
            self._take_in()

    def _take_in(self) -> None:
        folders = {folder.name: folder for folder in app_folders(self._folder)} if self._folder else {}
        for name in [name for name in self._by_name if name and name not in folders]:
            self._by_name.pop(name).stop()
        for name, folder in folders.items():
            if name not in self._by_name:
                self._add(name, name, str(folder), folder)

    def _add(self, key: str, name: str, spec: str, source: Path) -> None:
        site = LiveSite(name, spec, source, self._work / (key or "app"), self.changes, patient=self.is_gallery)
        self._by_name[key] = site
        site.start()

    def get(self, key: str) -> LiveSite | None:
        """The app by its folder's name ("" where there is one app); None if there is none."""
        return self._by_name.get(key)

    def all(self) -> list[tuple[str, LiveSite]]:
        return sorted(self._by_name.items())

    def stop(self) -> None:
        for site in self._by_name.values():
            site.stop()


def is_gallery(spec: str) -> bool:
    """Whether a folder of apps is meant, rather than one app.

    Raises:
        AppError: a folder holds neither an app nor apps.
    """
    folder = Path(spec)
    if not folder.is_dir() or any((folder / name).is_file() for name in APP_FILES):
        return False
    if not app_folders(folder):
        raise AppError(
            f"the folder '{folder}' has no app.py, nor has a folder in it; 'pywebml new DIR' writes one"
        )
    return True
