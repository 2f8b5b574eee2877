"""Finding and loading apps: which file is meant, its module, the one app in it."""

import ast
import importlib.util
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn, TypeAlias

from pyweb_ml.errors import AppError, PyWebMLError
from pyweb_ml.graph.authoring import App, Graph

AnyApp: TypeAlias = App[Any, Any]

_loaded: set[str] = set()
"""Names of the modules that the app loaded last brought in; they make room for the next app's."""


def load_app(spec: str) -> AnyApp:
    """The app that is meant by a `.py` file, `file.py:name`, a folder with an `app.py`, or a `.pbtxt` file.

    A `.py` is imported under its plain name, as the page's Python will do; modules beside it can be imported.

    Raises:
        AppError: there is no such file, it does not import, or it does not hold exactly one app.
    """
    file, name = find_app_file(spec)
    if file.suffix == ".pbtxt":
        from pyweb_ml.text_app import TextApp  # it needs protobuf, which takes a while to import

        return TextApp(file)
    return _choose(file, _apps_in(_import_file(file)), name)


APP_FILES = ("app.py", "graph.pbtxt")
"""What makes a folder an app; the first that is there is meant."""


def find_app_file(spec: str) -> tuple[Path, str]:
    """The file that is meant, and the name of the app in it ("" for its only one).

    Raises:
        AppError: there is no such file.
    """
    front, colon, name = spec.rpartition(":")
    named = bool(colon) and front.endswith((".py", ".pbtxt"))
    path = Path(front if named else spec)
    if named and path.suffix == ".pbtxt":
        raise AppError(f"'{path}' is one graph; leave out ':{name}'")
    if path.is_dir():
        path = _app_file_in(path)
    if not path.is_file():
        raise AppError(f"'{path}' is not there; give a .py file, a folder with an app.py, or a .pbtxt file")
    if path.suffix != ".pbtxt":
        _require_usable_name(path)
    return path.resolve(), name if named else ""


def _app_file_in(folder: Path) -> Path:
    found = [folder / name for name in APP_FILES if (folder / name).is_file()]
    if not found:
        raise AppError(
            f"the folder '{folder}' has no app.py; name the app's file, or write one ('pywebml new DIR')"
        )
    return found[0]


def _require_usable_name(file: Path) -> None:
    if file.suffix != ".py":
        raise AppError(f"'{file}' is no Python file; an app is a file that ends in .py or .pbtxt")
    if file.stem in (*sys.stdlib_module_names, "pyweb_ml", "numpy", "__main__") or "." in file.stem:
        raise AppError(f"'{file}': Python has a module '{file.stem}' of its own; rename the file, say to app.py")


def app_folders(folder: Path) -> list[Path]:
    """The folders right below `folder` that are apps, in the order of their names."""
    return sorted({file.parent for name in APP_FILES for file in folder.glob(f"*/{name}")})


def trace_app(app: AnyApp) -> Graph:
    """The app's graph.

    Raises:
        AuthoringError: the pipeline is written wrongly.
        AppError: the pipeline's function raised something else.
    """
    try:
        return app.trace()
    except PyWebMLError:
        raise
    except Exception as error:
        _refuse(app.file, f"the pipeline '{app.name}' failed while it was traced", error)


def _import_file(file: Path) -> ModuleType:
    _make_room()
    before = set(sys.modules)
    sys.path.insert(0, str(file.parent))
    module = ModuleType(file.stem)
    module.__file__ = str(file)
    module.__spec__ = importlib.util.spec_from_file_location(file.stem, file)
    sys.modules[file.stem] = module
    try:
        exec(_compiled(file), vars(module))
    except PyWebMLError:
        raise
    except (Exception, SystemExit) as error:
        _refuse(file, "the app failed while it was imported", error)
    finally:
        _loaded.update({file.stem}, (set(sys.modules) - before) & _module_names(file.parent))
    return module


def _make_room() -> None:
    """Forgets the modules of the app before, so that equal names do not collide, and finds this one's first."""
    for name in _loaded:
        former = sys.modules.pop(name, None)
        place = str(Path(getattr(former, "__file__", None) or "").parent)
        if place in sys.path:
            sys.path.remove(place)
    _loaded.clear()
    importlib.invalidate_caches()


def _module_names(folder: Path) -> set[str]:
    """The loaded modules that lie right in `folder`, those within its packages included."""
    tops = {name for name in sys.modules if "." not in name and _is_beside(folder, sys.modules[name])}
    return {name for name in sys.modules if name.partition(".")[0] in tops}


def _is_beside(folder: Path, module: ModuleType) -> bool:
    file = Path(getattr(module, "__file__", None) or "/")
    return folder in (file.parent, file.parent.parent if file.name == "__init__.py" else None)


def _compiled(file: Path) -> Any:
    try:
        return compile(file.read_bytes(), str(file), "exec", dont_inherit=True)
    except SyntaxError as error:
        raise _syntax_error(file, error) from error
    except ValueError as error:
        raise AppError(f"{file}: is no Python source ({error})") from error


def _syntax_error(file: Path, error: SyntaxError) -> AppError:
    """One line that names the place; the source line with its caret rides along as notes."""
    line = (error.text or "").rstrip()
    column = max((error.offset or 1), 1)
    problem = AppError(f"{file}:{error.lineno}:{column}: syntax error: {error.msg}: {line.strip()}")
    problem.add_note(line)
    problem.add_note(" " * (column - 1) + "^")
    return problem


def _refuse(file: Path, what: str, error: BaseException) -> NoReturn:
    if isinstance(error, SyntaxError) and error.filename:
        raise _syntax_error(Path(error.filename), error) from error
    last = traceback.format_exception_only(error)[-1].strip()
    raise AppError(f"{_place(file, error)}: {what}: {last}{_advice(error)}") from error


def _place(file: Path, error: BaseException) -> str:
    """The innermost line of the user's own files, as "app.py:12"."""
    lines = traceback.extract_tb(error.__traceback__)
    own = [one for one in lines if _is_own(file.parent, Path(one.filename))]
    return f"{own[-1].filename}:{own[-1].lineno}" if own else str(file)


def _is_own(folder: Path, file: Path) -> bool:
    return file.is_relative_to(folder) and "site-packages" not in file.parts


def _advice(error: BaseException) -> str:
    if isinstance(error, ModuleNotFoundError) and error.name:
        return f"; install it here too, such as with 'pip install {error.name.partition('.')[0]}'"
    return ""


def _apps_in(module: ModuleType) -> dict[str, AnyApp]:
    """The apps that the module's variables hold, by variable; its own rather than those it imported."""
    held = {name: value for name, value in vars(module).items() if isinstance(value, App)}
    own = {name: app for name, app in held.items() if str(app.file) == module.__file__}
    return own or held


def _choose(file: Path, apps: dict[str, AnyApp], name: str) -> AnyApp:
    if not apps:
        raise AppError(f"'{file}' holds no app; put @pw.app(title=\"…\") above the pipeline's function")
    names = ", ".join(f"'{one}'" for one in apps)
    if name and name not in apps:
        raise AppError(f"'{file}' holds no app '{name}'; it holds {names}")
    if not name and len({id(app) for app in apps.values()}) > 1:
        raise AppError(
            f"'{file}' holds {len(apps)} apps, {names}; choose one, such as '{file}:{next(iter(apps))}'"
        )
    return apps[name] if name else next(iter(apps.values()))


def local_modules(file: Path) -> list[Path]:
    """The file and the modules beside it that it imports, directly or not; of a package, all its modules.

    They are found by reading the import statements, so that imports inside functions count too.
    """
    found: dict[Path, None] = {}
    waiting = [file]
    while waiting:
        path = waiting.pop(0)
        if path not in found:
            found[path] = None
            waiting += [one for name in sorted(_imported(path)) for one in _files_of(file.parent, name)]
    return list(found)


def _imported(file: Path) -> Iterator[str]:
    """The top-level names of the absolute imports in a file."""
    for node in ast.walk(ast.parse(file.read_bytes(), str(file))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _files_of(folder: Path, name: str) -> list[Path]:
    if (folder / name / "__init__.py").is_file():
        return sorted((folder / name).rglob("*.py"))
    single = folder / f"{name}.py"
    return [single] if single.is_file() else []
