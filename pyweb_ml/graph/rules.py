"""The rules that a graph config must obey before it may run; all problems of a config are found at once."""

from collections import Counter
from collections.abc import Iterable, Iterator

from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.config import GraphConfig, NodeConfig, split_name


def check(config: GraphConfig, known: Iterable[str]) -> None:
    """Proves that every stream has one producer, every calculator is known, and nothing goes in a circle.

    Raises:
        ConfigError: names every problem, one a line.
    """
    problems = [*_unknown(config, set(known)), *_producers(config), *_consumers(config)]
    if not problems:
        problems = list(_cycles(config))
    if problems:
        raise ConfigError("\n".join(problems))


def _unknown(config: GraphConfig, known: set[str]) -> Iterator[str]:
    for node in config.node:
        if node.calculator not in known:
            yield f"the node '{node.name}' is a '{node.calculator}', which is no known calculator"


def _producers(config: GraphConfig) -> Iterator[str]:
    made = Counter(split_name(entry)[1] for entry in _made(config))
    for name, count in made.items():
        if count > 1:
            yield f"the stream '{name}' has {count} producers; a stream has one"


def _consumers(config: GraphConfig) -> Iterator[str]:
    made = {split_name(entry)[1] for entry in _made(config)}
    for node in config.node:
        for entry in node.input_stream + node.input_side_packet:
            if split_name(entry)[1] not in made:
                yield f"the node '{node.name}' reads '{split_name(entry)[1]}', which nothing produces"
    for entry in config.output_stream:
        if split_name(entry)[1] not in made:
            yield f"the graph's output '{entry}' is produced by nothing"


def _made(config: GraphConfig) -> list[str]:
    inner = [entry for node in config.node for entry in node.output_stream + node.output_side_packet]
    return config.input_stream + inner


def _cycles(config: GraphConfig) -> Iterator[str]:
    left = list(config.node)
    done = {split_name(entry)[1] for entry in config.input_stream}
    while left:
        ready = [node for node in left if _inputs(node) <= done]
        if not ready:
            yield "these nodes wait for each other in a circle: " + ", ".join(f"'{node.name}'" for node in left)
            return
        for node in ready:
            done |= {split_name(entry)[1] for entry in node.output_stream + node.output_side_packet}
        left = [node for node in left if node not in ready]


def _inputs(node: NodeConfig) -> set[str]:
    return {split_name(entry)[1] for entry in node.input_stream + node.input_side_packet}
