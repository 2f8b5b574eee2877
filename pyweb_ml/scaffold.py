"""`pywebml new`: a small working app to start from."""

from pathlib import Path

from pyweb_ml.cache import write_whole
from pyweb_ml.errors import BuildError

TEMPLATES = Path(__file__).parent / "templates" / "new"
FILES = ("app.py", "README.md")


def write_scaffold(folder: Path) -> list[Path]:
    """Writes the app into a new or empty folder; gives the files that it wrote.

    Raises:
        BuildError: the folder holds something already.
    """
    if folder.exists() and not folder.is_dir():
        raise BuildError(f"'{folder}' is no folder; give the name of a new one")
    if folder.is_dir() and any(folder.iterdir()):
        raise BuildError(f"the folder '{folder}' is not empty; give the name of a new one")
    return [write_whole(folder / name, (TEMPLATES / name).read_bytes()) for name in FILES]
