"""Bias and activation inside the node of a convolution or product: one pass over the memory less for each.

An activation that stands alone after it is taken in too, if nothing else wants the values before it.
"""

from collections import Counter

from pyweb_ml.converter.model import Graph, Operator
from pyweb_ml.converter.writers.tfjs_emitter import Emitter, Endpoint
from pyweb_ml.converter.writers.tfjs_graph import Attribute
from pyweb_ml.converter.writers.tfjs_ops.activations import activated, channel_slopes
from pyweb_ml.converter.writers.tfjs_ops.options import activation_of, real

FUSED = {"RELU": "Relu", "RELU6": "Relu6", "ELU": "Elu", "LOGISTIC": "Sigmoid", "LEAKY_RELU": "LeakyRelu"}
"""What every backend of TF.js 4.22 has inside a fused node, PRELU aside, by its name there."""

HOSTS = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED")


def find_fusions(graph: Graph) -> dict[Operator, Operator]:
    """The lone activations that can run inside the operator before them, by that operator."""
    uses = Counter(tensor for operator in graph.operators for tensor in operator.inputs if tensor is not None)
    uses.update(graph.outputs)
    makers = {operator.outputs[0]: operator for operator in graph.operators if operator.op in HOSTS}
    found = {}
    for operator in graph.operators:
        source = operator.inputs[0] if operator.inputs else None
        host = makers.get(source) if source is not None else None
        if host is not None and uses[host.outputs[0]] == 1 and _fits(operator, host):
            found[host] = operator
    return found


def _fits(operator: Operator, host: Operator) -> bool:
    if activation_of(host) != "NONE" or host.outputs[0].quantization is not None:
        return False
    if operator.op == "PRELU":
        # _FusedMatMul takes the slopes for a bias, if there is none (matrices_executor.ts).
        alpha, is_safe = operator.inputs[1], host.op != "FULLY_CONNECTED" or has_bias(host)
        return is_safe and alpha is not None and channel_slopes(alpha, host.outputs[0].shape[-1]) is not None
    # FusedDepthwiseConv2dNative forgets the slope (convolution.ts has no attribute for it).
    return operator.op in FUSED and (operator.op, host.op) != ("LEAKY_RELU", "DEPTHWISE_CONV_2D")


def has_bias(operator: Operator) -> bool:
    """Whether there is an input 2, which is the bias of all `HOSTS`."""
    return len(operator.inputs) > 2 and operator.inputs[2] is not None


def fused(
    emitter: Emitter, operator: Operator, node: str, x: Endpoint, weights: Endpoint, **attributes: Attribute
) -> Endpoint:
    """Adds the node with what it can take in: the bias, which is input 2, and an activation."""
    after = emitter.fused.get(operator)
    name = after.op if after else activation_of(operator)
    arguments, parts = [], []
    if has_bias(operator):
        arguments, parts = [emitter.input(operator, 2)], ["BiasAdd"]
    if after and name == "PRELU":
        alpha = emitter.tensor(after, 1)
        channels = after.outputs[0].shape[-1]
        slopes = channel_slopes(alpha, channels)
        assert slopes
        arguments.append(emitter.constant(alpha, f"{channels} slopes", slopes))
        parts = [*(parts or ["noop"]), "Prelu"]
    elif name in FUSED:
        parts = [*(parts or ["noop"]), FUSED[name]]
    if after and name == "LEAKY_RELU":
        attributes["leakyrelu_alpha"] = real(after, "alpha")
    made = emitter.add(
        node, x, weights, *arguments, fused_ops=parts or ["noop"], num_args=len(arguments), **attributes
    )
    return made if after or name in FUSED else activated(emitter, made, name)
