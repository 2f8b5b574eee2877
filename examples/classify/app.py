"""Say what is in the picture: one of ImageNet's 1,000 classes, by a network from PyTorch."""

from pathlib import Path

import pyweb_ml as pw

EFFICIENTNET = pw.Model("efficientnet_lite0.py:efficientnet_lite0")
LABELS = (Path(__file__).parent / "labels.txt").read_text(encoding="utf-8").splitlines()


@pw.app(title="What is it?", samples=["../samples/chelsea.jpg", "../samples/coffee.jpg"])
def classify(frame: pw.Image) -> pw.Classifications:
    # (x - 127) / 128, as the network was trained.
    tensors = pw.image_to_tensor(
        frame, output_tensor_width=224, output_tensor_height=224, output_tensor_float_range=(-127 / 128, 1)
    )
    scores = pw.inference(tensors, model=EFFICIENTNET)
    return pw.tensors_to_classification(scores, labels=LABELS, top_k=10)
