"""float16 constants, made float32 once here, not by each runtime on loading."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.converter.mapped import release
from pyweb_ml.converter.model import Model, Tensor
from pyweb_ml.converter.passes.fold import fold
from pyweb_ml.converter.passes.fold_densify import fold_densify


def fold_dequantize(model: Model) -> Model:
    """Drops each DEQUANTIZE of a float16 constant, and each DENSIFY; the values are the same, in float32.

    Integers stay behind their DEQUANTIZE: folded, they would take four times the bytes.
    """
    made: dict[tuple[int, tuple[int, ...]], NDArray[Any]] = {}

    def widen(source: Tensor) -> NDArray[Any] | None:
        assert source.data is not None
        if source.dtype != "float16":
            return None
        key = (source.data.__array_interface__["data"][0], source.shape)  # tensors may share their values
        if key not in made:
            made[key] = source.data.astype(np.float32)
            release(source.data)  # or the file would be in memory beside what is made of it
        return made[key]

    return fold(fold_densify(model), "DEQUANTIZE", widen)
