"""Rules of names: what an entry such as "TAG:1:name" may be (mediapipe/framework/tool/validate_name.cc)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_entries

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_TAG = re.compile(r"[A-Z_][A-Z0-9_]*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,3}")
_TAG_INDEX = re.compile(rf"({_TAG.pattern})?(?::({_INDEX.pattern}))?")
_OPTION_VALUE = re.compile(r"[A-Za-z_][\w/]*:(?:[A-Z_][A-Z0-9_]*|options)(?:/[\w/]+)?")
FIELDS: Final = ("input_stream", "output_stream", "input_side_packet", "output_side_packet")


def node_names(config: GraphConfig) -> list[str]:
    """What errors call each node: its name or else its calculator; with "_1", "_2", … where two would be equal.

    Source: mediapipe/framework/tool/name_util.cc.
    """
    plain = [node.name or node.calculator for node in config.node]
    count, seen = Counter(plain), Counter[str]()
    names = []
    for name in plain:
        seen[name] += 1
        names.append(f"{name}_{seen[name]}" if count[name] > 1 else name)
    return names


def split_tag_index(text: str) -> tuple[str, int] | None:
    """Tag and index of "TAG", "TAG:1", ":2" or "" (":0"); None where the text is none of these."""
    found = _TAG_INDEX.fullmatch(text)
    return (found[1] or "", int(found[2] or 0)) if found else None


def back_edges(node: NodeConfig) -> set[tuple[str, int]]:
    """Tag and index of the inputs that are marked as back edges."""
    marked = [split_tag_index(info.tag_index) for info in node.input_stream_info if info.back_edge]
    return {one for one in marked if one is not None}


def name_problems(config: GraphConfig) -> Iterator[str]:
    """What is wrong with the names, tags and indices of a config."""
    for field in FIELDS:
        yield from _entries_problems("the graph", field, getattr(config, field))
    for name, node in zip(node_names(config), config.node, strict=True):
        for field in FIELDS:
            yield from _entries_problems(f"the node '{name}'", field, getattr(node, field))
        yield from _info_problems(name, node)
        for value in node.option_value:
            if not _OPTION_VALUE.fullmatch(value):
                wanted = "write it as 'field:options/graph_field'"
                yield f"the node '{name}' has the option_value '{value}', which cannot be read; {wanted}"


def _entries_problems(where: str, field: str, entries: Sequence[str]) -> Iterator[str]:
    wrong = [(entry, problem) for entry in entries if (problem := _entry_problem(entry))]
    for entry, problem in wrong:
        yield f"{where} has the {field} '{entry}': {problem}"
    if not wrong:
        yield from _index_problems(where, field, list(entries))


def _entry_problem(entry: str) -> str | None:
    parts = entry.split(":")
    if len(parts) > 3:
        return "it has more than two colons; write 'TAG:index:name'"
    if not _NAME.fullmatch(parts[-1]):
        return f"the name '{parts[-1]}' must be small letters, digits and '_', and not begin with a digit"
    if len(parts) > 1 and not _TAG.fullmatch(parts[0]):
        return f"the tag '{parts[0]}' must be capital letters, digits and '_', and not begin with a digit"
    if len(parts) == 3 and not _INDEX.fullmatch(parts[1]):
        return f"the index '{parts[1]}' must be a number from 0 to 9999, without leading zeros"
    return None


def _index_problems(where: str, field: str, entries: list[str]) -> Iterator[str]:
    ports = [(tag, index) for tag, index, _ in split_entries(entries)]
    for (tag, index), count in Counter(ports).items():
        if count > 1:
            yield f"{where} has {count} {field}s at '{tag}:{index}'; number them, as in '{tag}:1:b'"
    for tag in dict.fromkeys(tag for tag, _ in ports):
        missing = set(range(sum(one == tag for one, _ in set(ports)))) - {
            index for one, index in ports if one == tag
        }
        if missing:
            yield f"{where} has a gap in its {field}s: '{tag}:{min(missing)}' is missing"


def _info_problems(name: str, node: NodeConfig) -> Iterator[str]:
    ports = {(tag, index) for tag, index, _ in split_entries(node.input_stream)}
    for info in node.input_stream_info:
        if split_tag_index(info.tag_index) not in ports:
            wrong = f"the node '{name}' has input_stream_info for '{info.tag_index}', which is none of its inputs"
            yield f"{wrong}; write it as 'TAG', 'TAG:1' or ':2'"
