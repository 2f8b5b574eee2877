"""Any common model becomes web assets, and proves that it is still the same model."""

from pyweb_ml.converter.custom import rule
from pyweb_ml.converter.model import Operator, Tensor

__all__ = ["Operator", "Tensor", "rule"]
