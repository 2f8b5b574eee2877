"""Puts tensors in the place of others."""

from collections.abc import Mapping

from pyweb_ml.converter.model import Model, Tensor


def replace_tensors(model: Model, others: Mapping[Tensor, Tensor]) -> None:
    """Whoever reads a key of `others`, operator, graph or signature, reads its value; values are no keys."""
    for graph in model.graphs:
        graph.outputs = [others.get(tensor, tensor) for tensor in graph.outputs]
        for op in graph.operators:
            op.inputs = [others.get(tensor, tensor) if tensor else None for tensor in op.inputs]
    for signature in model.signatures:
        signature.outputs = {name: others.get(tensor, tensor) for name, tensor in signature.outputs.items()}
