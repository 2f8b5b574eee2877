"""Runs in the environment "torch", and is itself a model for `pywebml convert make_torch.py:make`."""

import sys
from pathlib import Path

import torch
from torch import nn


class Net(nn.Module):  # type: ignore[misc]
    """A picture to scores and features."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.linear = nn.Linear(8, 5)

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = nn.functional.relu6(self.norm(self.conv(picture)))
        return self.linear(features.mean((2, 3))), features


def make() -> tuple[nn.Module, torch.Tensor]:
    """A net whose BatchNorm is as if trained, and an example of its input."""
    torch.manual_seed(0)
    net = Net()
    net.norm.running_mean.normal_()
    net.norm.running_var.uniform_(0.5, 1.5)
    return net, torch.rand(1, 3, 16, 16)


def bare() -> nn.Module:
    """The net alone: its input's shape must be given."""
    return make()[0]


if __name__ == "__main__":
    net, example = make()
    torch.export.save(torch.export.export(net.eval(), (example,)), Path(sys.argv[1]) / "net.pt2")
