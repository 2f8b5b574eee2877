"""`tensors_to_classification`: MediaPipe's classes, in numpy and in the page."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pyweb_ml as pw

GOLDEN = json.loads((Path(__file__).parents[1] / "vectors" / "mediapipe" / "classification.json").read_text())
LABELS = ["cat", "dog", "cow", "pig", "hen"]
CASES: dict[str, dict[str, Any]] = {
    "all": {},
    "above": {"min_score_threshold": 0.25},
    "best": {"top_k": 2},
    "sorted": {"sort_by_descending_score": True},
    "ignored": {"top_k": 2, "ignore_classes": [1, 4]},
    "allowed": {"allow_classes": [0, 2]},
    "none_above": {"min_score_threshold": 0.95},
}


def tensors(*scores: float) -> list[Any]:
    return [np.array([scores], np.float32)]


def label_map(labels: list[str]) -> dict[str, Any]:
    return {"entries": [{"id": index, "label": label} for index, label in enumerate(labels)]}


def plain(classifications: Any) -> list[dict[str, Any]]:
    return [dataclasses.asdict(one) for one in classifications]


@pytest.mark.parametrize("name", CASES)
def test_it_gives_the_classes_that_mediapipe_gives(name: str) -> None:
    found = pw.tensors_to_classification(tensors(*GOLDEN["scores"]), labels=LABELS, **CASES[name])
    assert plain(found) == GOLDEN[name]


def test_a_class_without_a_name_has_its_number_alone() -> None:
    assert plain(pw.tensors_to_classification(tensors(*GOLDEN["scores"]))) == GOLDEN["unnamed"]


def test_one_score_stands_for_two_classes() -> None:
    one = tensors(GOLDEN["scores"][0])
    found = pw.tensors_to_classification(one, labels=LABELS[:2], binary_classification=True)
    assert plain(found) == GOLDEN["binary"]


@pytest.mark.parametrize("name", CASES)
def test_the_page_gives_the_same_classes(run_both: Any, name: str) -> None:
    options = {"label_map": label_map(LABELS), **CASES[name]}
    both = run_both("TensorsToClassificationCalculator", {"tensors": tensors(*GOLDEN["scores"])}, **options)
    assert both.page["CLASSIFICATIONS"] == GOLDEN[name]


def test_the_page_gives_two_classes_for_one_score(run_both: Any) -> None:
    options = {"label_map": label_map(LABELS[:2]), "binary_classification": True}
    both = run_both("TensorsToClassificationCalculator", {"tensors": tensors(0.25)}, **options)
    assert both.page["CLASSIFICATIONS"] == GOLDEN["binary"]


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ([0.5, 0.5], {"label_map": label_map(["cat"])}, "gives 2 classes, but there are 1 labels"),
        ([0.5], {"ignore_classes": [0], "allow_classes": [0]}, "'ignore_classes' and 'allow_classes' exclude"),
        ([0.5, 0.5], {"binary_classification": True}, "classification takes one float32 score, not"),
    ],
)
def test_what_does_not_fit_is_refused_alike(
    run_both: Any, scores: list[float], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        pw.tensors_to_classification(tensors(*scores), **options)
    error = run_both("TensorsToClassificationCalculator", {"tensors": tensors(*scores)}, **options).error
    assert message in error


def test_a_graph_holds_the_labels_as_mediapipe_has_them() -> None:
    @pw.app(title="Classes")
    def classes(tensors: pw.Tensors) -> pw.Classifications:
        return pw.tensors_to_classification(tensors, labels=["cat", "dog"], top_k=1)

    (node,) = classes.trace().config.node
    assert node.output_stream == ["CLASSIFICATIONS:output"]
    assert node.options["label_map"] == label_map(["cat", "dog"])
    assert node.options["top_k"] == 1


def test_a_float_tensor_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"float32 scores, not int32"):
        pw.tensors_to_classification([np.zeros((1, 3), np.int32)])
