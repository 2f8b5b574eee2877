"""Where something is in a protobuf text: its line, its node, its field; and what protobuf says, in our words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

from pyweb_ml.errors import ConfigError

DEPTH_LIMIT: Final = 64
"""Levels of braces; MediaPipe's deepest graphs have fewer than 20."""

_TOKEN = re.compile(r"""#[^\n]*|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\[\s*[\w./-]+\s*\]|[\w.+-]+|[{}<>:]""")
_BAD_ESCAPE = re.compile(
    r"""(?:[^\\]|\\[abfnrtv0-7'"\\]|\\x[0-9a-fA-F]|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8})*+\\(.?)""", re.S
)


class Outline:
    """The fields of a protobuf text by their places, found without proving that the text is right.

    Attributes:
        nodes: for each node of the graph, where it begins, as an offset into the text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = [start for start, path, opens in self._walk() if opens and path == ["node"]]

    def require_sound(self) -> None:
        """Refuses what protobuf's reader does not report well: deep nesting, and unknown escapes in strings."""
        for start, path, _ in self._walk():
            if len(path) > DEPTH_LIMIT:
                raise self._error(start, f"the graph is nested more than {DEPTH_LIMIT} levels deep")
        for token in _TOKEN.finditer(self.text):
            wrong = _BAD_ESCAPE.match(token[0]) if token[0][0] in "\"'" else None
            if wrong:
                raise self._error(token.start(), f"a string has the unknown escape '\\{wrong[1]}'; write '\\\\'")

    def _error(self, offset: int, problem: str) -> ConfigError:
        return ConfigError(f"line {self.line(offset)}: {problem}")

    def place(self, line: int, column: int) -> str:
        """What stands at a line and column, as the beginning of a sentence about it."""
        lines = self.text.split("\n")
        offset = sum(len(one) + 1 for one in lines[: line - 1]) + column - 1
        path: list[str] = []
        node = -1
        for start, now, opens in self._walk():
            if start > offset:
                break
            path = list(now)
            node += opens and path == ["node"]
        is_inside = node >= 0 and path[:1] == ["node"]
        inside = f", node {node}{self._named(node)}" if is_inside else ""
        field = f", field '{path[-1]}'" if path and path != ["node"] else ""
        return f"line {line}, column {column}{inside}{field}: "

    def _named(self, node: int) -> str:
        """The name of a node, or else of its calculator, as " ('name')"."""
        body = (
            self.text[slice(*self.nodes[node : node + 2])]
            if node + 1 < len(self.nodes)
            else self.text[self.nodes[node] :]
        )
        given = [re.search(rf"\b{field}\s*:\s*[\"']([^\"'\n]*)", body) for field in ("name", "calculator")]
        found = given[0] or given[1]
        return f" ('{found[1][:80]}')" if found else ""

    def find(self, name: str) -> tuple[int, int]:
        """Line and column where a name first stands."""
        before = self.text[: max(self.text.find(name), 0)]
        return before.count("\n") + 1, len(before) - before.rfind("\n")

    def line(self, offset: int) -> int:
        """The line of an offset; the first is 1."""
        return self.text.count("\n", 0, offset) + 1

    def placed(self, names: Sequence[str], problems: str) -> list[tuple[list[int], str]]:
        """Each of the problems, with the lines of the nodes that it names, or else of the stream.

        Args:
            names: those of the nodes, in the order of the text.
        """
        nodes = {_plain(name): at for name, at in zip(names, self.nodes, strict=True)}
        told = problems.split("\n")
        return [(sorted({self.line(at) for at in self._offsets(nodes, problem)}), problem) for problem in told]

    def _offsets(self, nodes: Mapping[str, int], problem: str) -> list[int]:
        quoted = re.findall(r"(?<!\w)'([^']+)'", problem)
        named = re.search(r"the node '([^']+)'", problem)
        places = [nodes.get(_plain(name.split("__")[0])) for name in ([named[1]] if named else quoted)]
        streams = [re.search(rf"""["':]{re.escape(name)}["']""", self.text) for name in quoted]
        found = [at for at in places if at is not None]
        return found or [one.start() for one in streams if one][:1]

    def _walk(self) -> Iterator[tuple[int, list[str], bool]]:
        """For each field's name and each brace: its offset, the fields around it, and whether it opens one."""
        path: list[str] = []
        name, value = "", False
        for token in _TOKEN.finditer(self.text):
            text = token[0]
            if text in "{<":
                path.append(name)
                yield token.start(), path, True
            elif text in "}>":
                del path[-1:]
                yield token.start(), path, False
            elif not value and (text[0].isalpha() or text[0] in "_["):
                name = text
                yield token.start(), [*path, name], False
            value = text == ":"


def _plain(name: str) -> str:
    """A node's name as it begins the names within its subgraph."""
    return re.sub(r"[. :]", "_", name).lower()


_UNKNOWN_TYPE = re.compile(
    r"""(?:type_url: |Type |Extension ")"?([\w./]+?)(?:\.ext)?(?:"? not (?:found|registered)|\s*$)"""
)


def reworded(error: Exception, pool: Any) -> str:
    """What protobuf's text reader found, with the names that there are."""
    message = re.sub(r"^\d+:\d+ : ('.*': )?", "", str(error)).strip()
    if found := re.match(r'Message type "(.+)" has no field named "(.+)"', message):
        known = [field.name for field in pool.FindMessageTypeByName(found[1]).fields]
        return f"'{found[1]}' has no field '{found[2]}'; {_hint(found[2], known)}"
    if found := re.match(r'Enum type "(.+)" has no value named (.+)\.$', message):
        known = [value.name for value in pool.FindEnumTypeByName(found[1]).values]
        return f"there is no value '{found[2]}'; {_hint(found[2], known)}"
    if found := _UNKNOWN_TYPE.search(message):
        name = found[1].rpartition("/")[2]
        return f"the options '{name}' are not known; name those of a calculator that PyWebML has"
    return message[:300]


def _hint(given: str, known: list[str]) -> str:
    close = get_close_matches(given, known, 1)
    return f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known) or 'none'}"
