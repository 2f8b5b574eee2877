"""TensorsToClassificationCalculator: a model's scores as named classes."""

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Classification, Classifications, Tensors


class LabelEntry(TypedDict):
    """A class's number and name."""

    id: int
    label: str


class LabelMap(TypedDict):
    """The classes' names, as MediaPipe's options hold them."""

    entries: list[LabelEntry]


@standard(
    "TensorsToClassificationCalculator",
    outputs=(OutputPort("CLASSIFICATIONS", "Classifications"),),
    called="tensors_to_classification",
)
def _classification(
    tensors: Tensors,
    *,
    min_score_threshold: float | None = None,
    top_k: int | None = None,
    sort_by_descending_score: bool = False,
    label_map: LabelMap | None = None,
    binary_classification: bool = False,
    ignore_classes: list[int] = [],  # noqa: B006 - an option's default, which nobody changes
    allow_classes: list[int] = [],  # noqa: B006
) -> Classifications:
    if ignore_classes and allow_classes:
        raise ValueError("the options 'ignore_classes' and 'allow_classes' exclude each other; give one of them")
    scores = _scores(tensors, binary_classification)
    kept = _kept(scores, min_score_threshold, ignore_classes, allow_classes)
    if top_k is not None or sort_by_descending_score:
        kept.sort(key=lambda index: -scores[index])
    labels = _labels(label_map, scores.size)
    chosen = kept if top_k is None or top_k <= 0 else kept[:top_k]
    return [Classification(i, float(scores[i]), labels.get(i, "")) for i in chosen]


def tensors_to_classification(
    tensors: Tensors,
    *,
    labels: Sequence[str] | None = None,
    min_score_threshold: float | None = None,
    top_k: int | None = None,
    sort_by_descending_score: bool = False,
    binary_classification: bool = False,
    **others: Any,
) -> Classifications:
    """Makes a classifier's scores into a list of classes.

    Args:
        tensors: the first is float32 with a score a class; one score alone for `binary_classification`.
        labels: the classes' names, one for each, by number: the option `label_map` from a list.
        min_score_threshold: classes below it are left out.
        top_k: at most so many, the best first.
        sort_by_descending_score: the best first; else in the order of the classes.
        binary_classification: the score s is that of class 0, and class 1 has 1 - s.
        others: `label_map`, `ignore_classes` or `allow_classes` (numbers of classes).

    Raises:
        ValueError: the tensor or the number of labels does not fit, or there are classes both ignored and allowed.
    """
    if labels is not None:
        others["label_map"] = {"entries": [{"id": i, "label": label} for i, label in enumerate(labels)]}
    given = {"min_score_threshold": min_score_threshold, "top_k": top_k}
    others |= {name: value for name, value in given.items() if value is not None}
    others |= {
        "sort_by_descending_score": sort_by_descending_score,
        "binary_classification": binary_classification,
    }
    return _classification(tensors, **others)


def _scores(tensors: Tensors, binary: bool) -> NDArray[np.float32]:
    scores = np.asarray(tensors[0]).reshape(-1)
    if scores.dtype != np.float32 or (binary and scores.size != 1):
        wanted = "one float32 score" if binary else "float32 scores"
        raise ValueError(f"classification takes {wanted}, not {scores.dtype} {tensors[0].shape}")
    return np.array([scores[0], 1 - scores[0]], np.float32) if binary else scores


def _labels(label_map: LabelMap | None, classes: int) -> dict[int, str]:
    labels = {entry["id"]: entry["label"] for entry in label_map["entries"]} if label_map else {}
    if labels and len(labels) != classes:
        raise ValueError(f"the model gives {classes} classes, but there are {len(labels)} labels; give one each")
    return labels


def _kept(
    scores: NDArray[np.float32], threshold: float | None, ignored: Sequence[int], allowed: Sequence[int]
) -> list[int]:
    classes: Iterable[int] = (
        range(scores.size) if threshold is None else np.flatnonzero(scores >= np.float32(threshold))
    )
    return [int(i) for i in classes if i not in ignored and (not allowed or i in allowed)]
