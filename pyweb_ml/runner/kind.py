"""What a node is: its contract and how its calculator is made, alike for all ways to write a calculator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyweb_ml.calculators import core  # so that configs can name them
from pyweb_ml.errors import ConfigError
from pyweb_ml.graph.asset import Model
from pyweb_ml.graph.calculator_base import CalculatorBase, CalculatorContract, named_ports
from pyweb_ml.graph.config import NodeConfig
from pyweb_ml.graph.contract import REGISTRY, Contract
from pyweb_ml.runner.function_calculator import FunctionCalculator


@dataclass(frozen=True)
class Kind:
    """A node's contract, and the maker of a new calculator for a run.

    Attributes:
        moves_packets: its calculator is one of `pyweb_ml.calculators.core`, which never take long.
    """

    contract: CalculatorContract
    make: Callable[[], CalculatorBase]
    moves_packets: bool = False


def known_calculators(contracts: Mapping[str, Contract]) -> dict[str, Contract | type[CalculatorBase]]:
    """Every calculator that a config may name; `contracts` are a pipeline's own."""
    return {**REGISTRY, **CalculatorBase.CALCULATORS, **contracts}


def kind_of(config: NodeConfig, name: str, contracts: Mapping[str, Contract], models: Mapping[str, Model]) -> Kind:
    """The kind of a node, which errors call `name`.

    Raises:
        ConfigError: the calculator is not known, or refuses the node as the config has it.
    """
    contract = CalculatorContract(
        named_ports(config.input_stream),
        named_ports(config.output_stream),
        named_ports(config.input_side_packet),
        named_ports(config.output_side_packet),
        config.options,
    )
    found = known_calculators(contracts).get(config.calculator)
    if isinstance(found, Contract):
        contract.set_timestamp_offset(0)
        function = found
        return Kind(contract, lambda: FunctionCalculator(function, config, models))
    if found is None:
        raise ConfigError(f"the node '{name}' is a '{config.calculator}', which is no known calculator")
    moves_packets = found.__module__.startswith(f"{core.__name__}.")
    return Kind(_agreed(name, found, contract), found, moves_packets)


def _agreed(name: str, made: type[CalculatorBase], contract: CalculatorContract) -> CalculatorContract:
    try:
        made.get_contract(contract)
    except (ValueError, KeyError) as error:
        reason = error.args[0] if error.args else error
        raise ConfigError(f"the node '{name}': {reason}") from error
    return contract
