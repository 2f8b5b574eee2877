"""Runs a Darknet model with OpenCV's dnn: CFG WEIGHTS INPUT.npy OUTPUT.npz LAYER...

The input is (1, height, width, channels), RGB from 0 to 1; each layer's output is kept under its name.
"""

import sys

import cv2
import numpy as np

config, weights, given, result, *layers = sys.argv[1:]
net = cv2.dnn.readNetFromDarknet(config, weights)
net.enableFusion(False)  # fused layers cannot be asked for their own output
net.setInput(np.ascontiguousarray(np.load(given).transpose(0, 3, 1, 2)))
np.savez(result, **dict(zip(layers, net.forward(layers), strict=True)))
