"""What OpenCV's dnn finds with the same files: CFG WEIGHTS INPUT.npy THRESHOLD OVERLAP, as JSON.

The input is (1, height, width, 3), RGB from 0 to 1; a row is class, score, xmin, ymin, width, height.
"""

import json
import sys

import cv2
import numpy as np

config, weights, given, threshold, overlap = sys.argv[1:]
net = cv2.dnn.readNetFromDarknet(config, weights)
net.setInput(np.ascontiguousarray(np.load(given).transpose(0, 3, 1, 2)))
# Rows of centre, size, and scores that have been multiplied with that of there being something.
rows = np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))
classes, scores = rows[:, 5:].argmax(axis=1), rows[:, 5:].max(axis=1)
boxes = np.hstack([rows[:, :2] - rows[:, 2:4] / 2, rows[:, 2:4]])
kept = cv2.dnn.NMSBoxesBatched(boxes.tolist(), scores.tolist(), classes.tolist(), float(threshold), float(overlap))
print(json.dumps([[int(classes[at]), float(scores[at]), *boxes[at].tolist()] for at in kept]))
