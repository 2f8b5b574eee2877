"""DetectionLabelIdToTextCalculator: words in place of class numbers."""

from dataclasses import replace

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.payloads import Detection, Detections


@standard("DetectionLabelIdToTextCalculator", tags={"detections": ""})
def detection_label_id_to_text(detections: Detections, *, label: list[str]) -> Detections:
    """Gives each detection the label of its class.

    Args:
        label: the classes' names, by number; a class beyond them keeps its number.
    """
    return [_named(one, label) for one in detections]


def _named(detection: Detection, labels: list[str]) -> Detection:
    number = int(detection.label) if detection.label.isdigit() else len(labels)
    return replace(detection, label=labels[number]) if number < len(labels) else detection
