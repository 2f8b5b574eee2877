"""Runs in the environment "opencv": outputs of a Darknet model's layers, for proof.

    run CFG WEIGHTS INPUTS.npz OUTPUTS.npz NAME=LAYER…

NAME is what an output is to be called, LAYER what OpenCV calls the layer that gives it. What the files of arrays
hold, `arrays.py` says; inputs have one, (1, height, width, channels).
"""

from pathlib import Path

import cv2
import numpy as np
from arrays import read_samples, write_samples  # type: ignore[import-not-found]
from command import run_command  # type: ignore[import-not-found]


def main(command: str, config: str, weights: str, inputs: str, outputs: str, *wanted: str) -> None:
    net = cv2.dnn.readNetFromDarknet(config, weights)
    net.enableFusion(False)  # fused layers cannot be asked for their own output
    names, layers = zip(*(one.split("=") for one in wanted), strict=True)
    found = []
    for sample in read_samples(Path(inputs)):
        (given,) = sample.values()
        net.setInput(np.ascontiguousarray(given.transpose(0, 3, 1, 2)))
        found.append(dict(zip(names, net.forward(layers), strict=True)))
    write_samples(Path(outputs), found)


if __name__ == "__main__":
    run_command(main)
