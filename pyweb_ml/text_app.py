"""An app that is given as MediaPipe's text: a `.pbtxt` file, and the subgraphs that lie beside it."""

import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from pyweb_ml import subgraphs
from pyweb_ml.errors import AppError, ConfigError
from pyweb_ml.graph import rules
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.authoring import App, Graph
from pyweb_ml.graph.config import GraphConfig, split_name
from pyweb_ml.graph.name_rules import node_names
from pyweb_ml.graph.pbtxt import from_text
from pyweb_ml.graph.port_rules import stream_types
from pyweb_ml.graph.standard_form import standardise
from pyweb_ml.graph.subgraph import expand
from pyweb_ml.graph.text_place import Outline


class TextApp(App[Any, Any]):
    """The graph in a `.pbtxt` file; a node may be a calculator, a shipped subgraph, or one in a file beside it."""

    def __init__(self, file: Path) -> None:
        telling = file.parent.name if file.stem == "graph" else file.stem
        words = re.sub(r"[-_.\s]+", " ", telling)
        super().__init__(_no_function, words[:1].upper() + words[1:], [], file)

    @property
    def name(self) -> str:
        return self.file.stem

    @property
    def description(self) -> str:
        """The comment that the file begins with."""
        lines = [line.strip() for line in self._text.split("\n")]
        end = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
        return " ".join(line.lstrip("# ") for line in lines[:end])

    @cached_property
    def _text(self) -> str:
        try:
            return self.file.read_text(encoding="utf-8")
        except ValueError as error:
            raise AppError(f"'{self.file}' is no text in UTF-8 ({error})") from error

    @property
    def config(self) -> GraphConfig:
        """The graph as the file states it.

        Raises:
            ConfigError: the text is wrong; with file, line, node and field.
        """
        return _read(self.file, self._text)

    def trace(self) -> Graph:
        """The graph with its subgraphs expanded.

        Raises:
            ConfigError: the text is wrong, or breaks a rule; all broken rules are told, each with its line.
        """
        from pyweb_ml.runner.kind import known_calculators

        stated = self.config
        known = known_calculators({})
        try:
            config = expand(stated, self.find)
            standardise(config, known)
            rules.check(config, known)
        except ConfigError as error:
            raise ConfigError("\n".join(self._placed(stated, str(error)))) from error
        return _graph(self.file, config, stream_types(config, known))

    def find(self, name: str) -> GraphConfig | None:
        """The subgraph of a name: one beside the file, or else a shipped one."""
        return self._beside.get(name) or subgraphs.find(name)

    @cached_property
    def _beside(self) -> dict[str, GraphConfig]:
        """The graphs in the same folder that say by their `type` what they are called."""
        found = {}
        for path in sorted(self.file.parent.glob("*.pbtxt")):
            text = path.read_text(encoding="utf-8", errors="replace")
            if path != self.file and re.search(r"^\s*type\s*:", text, re.MULTILINE):
                config = _read(path, text)
                found[config.type] = config
        return found

    def _placed(self, stated: GraphConfig, problems: str) -> Iterator[str]:
        """The problems, each with the line of its node where one is named."""
        for lines, problem in Outline(self._text).placed(node_names(stated), problems):
            yield f"{self.file.name}{f':{lines[0]}' if lines else ''}: {problem}"


def _no_function() -> None:
    raise AppError("a graph in MediaPipe's text has no function to call")


def _read(file: Path, text: str) -> GraphConfig:
    try:
        return from_text(text)
    except ConfigError as error:
        raise ConfigError(f"{file.name}: {error}") from error


def _graph(file: Path, config: GraphConfig, types: dict[str, str]) -> Graph:
    inputs, outputs = (
        [split_name(entry)[1] for entry in one] for one in (config.input_stream, config.output_stream)
    )
    for name in (*inputs, *outputs):
        if name not in types:
            wrong = f"{file.name}: the type of the stream '{name}' cannot be told"
            raise ConfigError(f"{wrong}; connect it to a calculator whose streams have types")
    paths = [node.options["model_path"] for node in config.node if "model_path" in node.options]
    models = {path: subgraphs.MODELS.get(path) or Model(path, base=file.parent) for path in paths}
    given, made = ({name: types[name] for name in names} for names in (inputs, outputs))
    return Graph(config, given, made, types, models, {})
