"""DENSIFY of a constant is the constant: the reader has made it dense."""

from pyweb_ml.converter.model import Model
from pyweb_ml.converter.passes.fold import fold


def fold_densify(model: Model) -> Model:
    """Drops every DENSIFY of a constant; its output becomes the constant."""
    return fold(model, "DENSIFY", lambda source: source.data)
