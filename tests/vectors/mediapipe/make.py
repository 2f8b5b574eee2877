"""Runs MediaPipe itself and keeps what it gives: see README.md for how, and for what each file holds."""

import argparse
import importlib
import json
import sys
import types
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent

IMAGE_TO_TENSOR = """
input_stream: "image"
output_stream: "floats"
output_stream: "matrix"
output_stream: "padding"
node {{
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:image"
  output_stream: "TENSORS:tensors"
  output_stream: "LETTERBOX_PADDING:padding"
  output_stream: "MATRIX:matrix"
  options {{ [mediapipe.ImageToTensorCalculatorOptions.ext] {{ {options} }} }}
}}
node {{ calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:tensors" output_stream: "FLOATS:floats" }}
"""

TO_TENSOR_OPTIONS = {
    "letterbox_zero": "output_tensor_width: 64 output_tensor_height: 64 keep_aspect_ratio: true "
    "output_tensor_float_range { min: -1 max: 1 } border_mode: BORDER_ZERO",
    "stretch": "output_tensor_width: 48 output_tensor_height: 40 output_tensor_float_range { min: 0 max: 1 }",
    "enlarge": "output_tensor_width: 90 output_tensor_height: 110 output_tensor_float_range { min: 0 max: 255 } "
    "border_mode: BORDER_REPLICATE",
}
CROPS = {"letterbox_zero": (0, 300, 100, 420), "stretch": (0, 300, 100, 420), "enlarge": (100, 131, 200, 223)}

INFER = """
input_stream: "image"
node {
  calculator: "ImageToTensorCalculator"
  input_stream: "IMAGE:image"
  output_stream: "TENSORS:tensors"
  output_stream: "MATRIX:matrix"
  options { [mediapipe.ImageToTensorCalculatorOptions.ext] {
    output_tensor_width: 128 output_tensor_height: 128 keep_aspect_ratio: true
    output_tensor_float_range { min: -1 max: 1 } border_mode: BORDER_ZERO } }
}
node {
  calculator: "InferenceCalculator"
  input_stream: "TENSORS:tensors"
  output_stream: "TENSORS:raw"
  options { [mediapipe.InferenceCalculatorOptions.ext] {
    model_path: "mediapipe/modules/face_detection/face_detection_short_range.tflite"
    delegate { xnnpack {} } } }
}
"""

RAW = (
    INFER
    + """
output_stream: "boxes"
output_stream: "scores"
node {
  calculator: "SplitTensorVectorCalculator"
  input_stream: "raw" output_stream: "raw_boxes" output_stream: "raw_scores"
  options { [mediapipe.SplitVectorCalculatorOptions.ext] {
    ranges { begin: 0 end: 1 } ranges { begin: 1 end: 2 } } }
}
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:raw_boxes" output_stream: "FLOATS:boxes" }
node { calculator: "TensorsToFloatsCalculator" input_stream: "TENSORS:raw_scores" output_stream: "FLOATS:scores" }
"""
)

DETECTIONS = (
    INFER
    + """
output_stream: "decoded"
output_stream: "kept"
output_stream: "projected"
node {
  calculator: "SsdAnchorsCalculator"
  output_side_packet: "anchors"
  options { [mediapipe.SsdAnchorsCalculatorOptions.ext] {
    num_layers: 4 min_scale: 0.1484375 max_scale: 0.75 input_size_height: 128 input_size_width: 128
    anchor_offset_x: 0.5 anchor_offset_y: 0.5 strides: 8 strides: 16 strides: 16 strides: 16
    aspect_ratios: 1.0 fixed_anchor_size: true } }
}
node {
  calculator: "TensorsToDetectionsCalculator"
  input_stream: "TENSORS:raw" input_side_packet: "ANCHORS:anchors" output_stream: "DETECTIONS:decoded"
  options { [mediapipe.TensorsToDetectionsCalculatorOptions.ext] {
    num_classes: 1 num_boxes: 896 num_coords: 16 box_coord_offset: 0 keypoint_coord_offset: 4 num_keypoints: 6
    num_values_per_keypoint: 2 sigmoid_score: true score_clipping_thresh: 100 reverse_output_order: true
    x_scale: 128 y_scale: 128 h_scale: 128 w_scale: 128 min_score_thresh: 0.5 } }
}
node {
  calculator: "NonMaxSuppressionCalculator"
  input_stream: "decoded" output_stream: "kept"
  options { [mediapipe.NonMaxSuppressionCalculatorOptions.ext] {
    min_suppression_threshold: 0.3 overlap_type: INTERSECTION_OVER_UNION algorithm: WEIGHTED } }
}
node {
  calculator: "DetectionProjectionCalculator"
  input_stream: "DETECTIONS:kept" input_stream: "PROJECTION_MATRIX:matrix" output_stream: "DETECTIONS:projected"
}
"""
)

SEGMENTATION = """
input_stream: "matrix"
input_stream: "image"
output_stream: "mask"
node {{
  calculator: "TensorConverterCalculator"
  input_stream: "MATRIX:matrix" output_stream: "TENSORS:tensors"
  options {{ [mediapipe.TensorConverterCalculatorOptions.ext] {{ row_major_matrix: true }} }}
}}
node {{ calculator: "ImagePropertiesCalculator" input_stream: "IMAGE_CPU:image" output_stream: "SIZE:size" }}
node {{
  calculator: "TensorsToSegmentationCalculator"
  input_stream: "TENSORS:tensors" input_stream: "OUTPUT_SIZE:size" output_stream: "MASK:mask"
  options {{ [mediapipe.TensorsToSegmentationCalculatorOptions.ext] {{ activation: {activation} }} }}
}}
"""

CLASSIFICATION = """
input_stream: "matrix"
output_stream: "classifications"
node {{
  calculator: "TensorConverterCalculator"
  input_stream: "MATRIX:matrix" output_stream: "TENSORS:tensors"
  options {{ [mediapipe.TensorConverterCalculatorOptions.ext] {{ row_major_matrix: true }} }}
}}
node {{
  calculator: "TensorsToClassificationCalculator"
  input_stream: "TENSORS:tensors" output_stream: "CLASSIFICATIONS:classifications"
  options {{ [mediapipe.TensorsToClassificationCalculatorOptions.ext] {{ {options} }} }}
}}
"""
ENTRIES = [f"entries {{ id: {i} label: '{name}' }}" for i, name in enumerate(["cat", "dog", "cow", "pig", "hen"])]
LABELS = f"label_map {{ {' '.join(ENTRIES)} }}"
CLASSIFICATION_OPTIONS = {
    "all": LABELS,
    "unnamed": "",
    "above": f"{LABELS} min_score_threshold: 0.25",
    "best": f"{LABELS} top_k: 2",
    "sorted": f"{LABELS} sort_by_descending_score: true",
    "ignored": f"{LABELS} top_k: 2 ignore_classes: 1 ignore_classes: 4",
    "allowed": f"{LABELS} allow_classes: 0 allow_classes: 2",
    "binary": f"label_map {{ {ENTRIES[0]} {ENTRIES[1]} }} binary_classification: true",
    "none_above": f"{LABELS} min_score_threshold: 0.95",
}
SCORES = [0.25, 0.125, 0.5, 0.0625, 0.75]


class MediaPipe:
    """The wheel's graph runner, without the rest of the package (which wants OpenCV, JAX and a display)."""

    def __init__(self, folder: Path) -> None:
        for name, path in (("mediapipe", folder), ("mediapipe.python", folder / "python")):
            module = types.ModuleType(name)
            module.__path__ = [str(path)]
            sys.modules[name] = module
        bindings = importlib.import_module("mediapipe.python._framework_bindings")
        for path in sorted((folder / "calculators").rglob("*_pb2.py")):
            name = ".".join(path.relative_to(folder.parent).with_suffix("").parts)
            importlib.import_module(name)
        bindings.resource_util.set_resource_dir(str(folder.parent))
        self.bindings: Any = bindings
        self.detection: Any = importlib.import_module("mediapipe.framework.formats.detection_pb2").Detection
        formats = importlib.import_module("mediapipe.framework.formats.classification_pb2")
        self.classification_list: Any = formats.ClassificationList

    def run(self, pbtxt: str, inputs: dict[str, Any], outputs: list[str]) -> dict[str, Any]:
        """What the graph emits on its output streams for one packet on each input stream."""
        graph = self.bindings.calculator_graph.CalculatorGraph(graph_config=pbtxt)
        found: dict[str, Any] = {}
        for name in outputs:
            graph.observe_output_stream(name, lambda stream, packet: found.update({stream: packet}))
        graph.start_run({})
        for name, packet in inputs.items():
            graph.add_packet_to_input_stream(name, packet.at(self.bindings.timestamp.Timestamp(0)))
        graph.close_all_packet_sources()
        graph.wait_until_done()
        return found

    def image(self, pixels: Any) -> Any:
        format = self.bindings.image_frame.ImageFormat.SRGB
        return self.bindings._packet_creator._create_image_frame_from_pixel_data(format, pixels, True)

    def floats(self, packet: Any) -> Any:
        return np.array(self.bindings._packet_getter.get_float_list(packet), np.float32)

    def detections(self, packet: Any) -> list[dict[str, Any]]:
        texts = self.bindings._packet_getter._get_serialized_proto_list(packet)
        return [self._detection(self.detection.FromString(text)) for text in texts]

    def _detection(self, given: Any) -> dict[str, Any]:
        box = given.location_data.relative_bounding_box
        return {
            "label": given.label_id[0],
            "score": given.score[0],
            "box": [box.xmin, box.ymin, box.width, box.height],
            "keypoints": [[one.x, one.y] for one in given.location_data.relative_keypoints],
        }

    def classifications(self, packet: Any) -> list[dict[str, Any]]:
        text = self.bindings._packet_getter._get_serialized_proto(packet)
        given = self.classification_list.FromString(text).classification
        return [{"index": one.index, "score": one.score, "label": one.label} for one in given]


def image_to_tensor(mediapipe: MediaPipe, astronaut: Any) -> None:
    kept: dict[str, Any] = {}
    for name, options in TO_TENSOR_OPTIONS.items():
        top, bottom, left, right = CROPS[name]
        image = np.ascontiguousarray(astronaut[top:bottom, left:right])
        graph = IMAGE_TO_TENSOR.format(options=options)
        found = mediapipe.run(graph, {"image": mediapipe.image(image)}, ["floats", "matrix", "padding"])
        kept[f"{name}_crop"] = np.array(CROPS[name])
        kept[name] = mediapipe.floats(found["floats"])
    np.savez_compressed(HERE / "image_to_tensor.npz", **kept)


def detections(mediapipe: MediaPipe, astronaut: Any) -> None:
    image = np.ascontiguousarray(astronaut[0:300, 100:420])
    packets = {"image": mediapipe.image(image)}
    raw = mediapipe.run(RAW, packets, ["boxes", "scores"])
    np.savez_compressed(HERE / "detections.npz", **{name: mediapipe.floats(one) for name, one in raw.items()})
    found = mediapipe.run(DETECTIONS, packets, ["decoded", "kept", "projected"])
    stages = {name: mediapipe.detections(found[name]) for name in ("decoded", "kept", "projected")}
    (HERE / "detections.json").write_text(json.dumps({"crop": [0, 300, 100, 420], **stages}, indent=1) + "\n")


def segmentation(mediapipe: MediaPipe) -> None:
    small = np.random.default_rng(0).uniform(-3, 3, (9, 13)).astype(np.float32)
    kept: dict[str, Any] = {"tensor": small}
    for activation, size in (("NONE", (31, 47)), ("SIGMOID", (5, 40)), ("NONE", (9, 13))):
        image = mediapipe.image(np.zeros((*size, 3), np.uint8))
        matrix = mediapipe.bindings._packet_creator.create_matrix(small, False)
        graph = SEGMENTATION.format(activation=activation)
        found = mediapipe.run(graph, {"matrix": matrix, "image": image}, ["mask"])
        mask = mediapipe.bindings._packet_getter.get_image(found["mask"])
        kept[f"{activation}_{size[0]}_{size[1]}"] = np.array(mask.numpy_view())
    np.savez_compressed(HERE / "segmentation.npz", **kept)


def classification(mediapipe: MediaPipe) -> None:
    kept: dict[str, Any] = {"scores": SCORES}
    for name, options in CLASSIFICATION_OPTIONS.items():
        scores = np.array([SCORES[:1] if name == "binary" else SCORES], np.float32)
        matrix = mediapipe.bindings._packet_creator.create_matrix(scores, False)
        found = mediapipe.run(CLASSIFICATION.format(options=options), {"matrix": matrix}, ["classifications"])
        kept[name] = mediapipe.classifications(found["classifications"])
    (HERE / "classification.json").write_text(json.dumps(kept, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder 'mediapipe' of the unpacked wheel")
    parser.add_argument("astronaut", type=Path, help="skimage.data.astronaut() as an .npy file")
    given = parser.parse_args()
    mediapipe, astronaut = MediaPipe(given.folder.resolve()), np.load(given.astronaut)
    image_to_tensor(mediapipe, astronaut)
    detections(mediapipe, astronaut)
    segmentation(mediapipe)
    classification(mediapipe)


if __name__ == "__main__":
    main()
