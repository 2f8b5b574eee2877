"""The op specs: every case that the converter's operators are tested with, as data."""

from itertools import chain

from tests.converter.op_specs import convolution, elementwise, layout, recurrent, reductions, slices
from tests.converter.op_specs.case import Case

FAMILIES: dict[str, tuple[Case, ...]] = {
    "convolution": tuple(convolution.cases()),
    "elementwise": tuple(elementwise.cases()),
    "layout": tuple(layout.cases()),
    "recurrent": tuple(recurrent.cases()),
    "reductions": tuple(reductions.cases()),
    "slices": tuple(slices.cases()),
}
CASES: tuple[Case, ...] = tuple(chain.from_iterable(FAMILIES.values()))
