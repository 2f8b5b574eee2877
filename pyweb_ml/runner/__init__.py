"""The desktop runner: the same graph as in the page, in CPython with numpy and ai-edge-litert."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from pyweb_ml.errors import MediaError
from pyweb_ml.graph.authoring import App, Graph
from pyweb_ml.runner.media import IMAGE_SUFFIXES, read_image, write_image
from pyweb_ml.runner.packets import packet_line
from pyweb_ml.runner.scheduler import Scheduler

__all__ = ["Scheduler", "run_file", "run_once"]


def run_once(graph: Graph, payloads: dict[str, Any], at: int = 0) -> dict[str, Any]:
    """Runs a graph on the packets of one timestamp; gives the outputs that have a packet, by name."""
    results: dict[str, Any] = {}
    with Scheduler(graph) as scheduler:
        for name in graph.outputs:
            scheduler.observe(name, partial(_keep, results, name))
        scheduler.add(at, payloads)
    return results


def _keep(results: dict[str, Any], name: str, _: int, payload: Any) -> None:
    results[name] = payload


def run_file(app: App[Any, Any], input: Path, output: Path) -> None:
    """Runs an app on a picture; writes its first Image output, or all outputs as `.jsonl`.

    Raises:
        MediaError: a file cannot be read or written, or the app makes no picture.
        CalculatorError: a calculator failed.
    """
    graph = app.trace()
    suffix = output.suffix.lower()
    if suffix != ".jsonl" and suffix not in IMAGE_SUFFIXES:
        known = ", ".join(sorted(IMAGE_SUFFIXES))
        raise MediaError(f"cannot write '{output}': its name must end in .jsonl or one of {known}")
    if list(graph.inputs.values()) != ["Image"]:
        raise MediaError(f"'{app.name}' takes {graph.inputs}; a picture feeds an app that takes one Image alone")
    results = run_once(graph, {next(iter(graph.inputs)): read_image(input)})
    with _whole(output) as target:
        _write(graph, results, target)


def _write(graph: Graph, results: dict[str, Any], target: Path) -> None:
    if target.suffix.lower() == ".jsonl":
        made = [(name, type) for name, type in graph.outputs.items() if name in results]
        lines = [packet_line(0, name, type, results[name]) for name, type in made]
        target.write_text("".join(line + "\n" for line in lines))
        return
    images = [name for name, type in graph.outputs.items() if type == "Image" and name in results]
    if not images:
        raise MediaError("the app gave no picture to write; write its outputs with --output OUT.jsonl")
    write_image(target, results[images[0]])


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file that appears only when it is whole: written beside its place, then moved there."""
    if not path.parent.is_dir():
        raise MediaError(f"cannot write '{path}': there is no folder '{path.parent}'")
    temporary = path.with_name(f".{os.getpid()}.{path.name}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
