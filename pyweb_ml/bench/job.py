"""What the benchmark's page is asked to do; static/src/bench/job.ts has the same names."""

from dataclasses import asdict, dataclass
from typing import Any

from pyweb_ml.errors import PyWebMLError


class BenchError(PyWebMLError):
    """Nothing can be measured: no browser, no frames, or the page does not answer."""


@dataclass(frozen=True)
class Work:
    """What a hand-written page does with a frame: the same as the app.

    Attributes:
        model: address of the model's file, relative to the benchmark's page.
        tfjs: address of the model as a TF.js graph model.
        files: address of the folder of the rival's own files.
        width: of the model's input, in pixels, as is `height`.
        range: the numbers that black and white become.
        keep_aspect: the frame is padded with black rather than stretched.
        task: "blur" and "faces" as in the examples of those names; "none": the outputs are read, no more.
        sigma: of the blur, in pixels.
    """

    model: str
    tfjs: str
    files: str
    width: int
    height: int
    range: tuple[float, float]
    keep_aspect: bool
    task: str
    sigma: float

    def to_json(self) -> dict[str, Any]:
        fields = asdict(self)
        return {**fields, "keepAspect": fields.pop("keep_aspect")}


@dataclass(frozen=True)
class Subject:
    """One thing to measure: the app on a backend (`work` is None), or a rival.

    Attributes:
        kind: "pywebml", "litert", "tfjs", "mediapipe" or "onnxruntime".
        script: address of the app's worker.
    """

    name: str
    kind: str = "pywebml"
    backend: str = ""
    script: str = ""
    work: Work | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "work": self.work.to_json() if self.work else None}


@dataclass(frozen=True)
class Settings:
    """How much is measured.

    Attributes:
        frames: measured frames a subject.
        warm_up: frames before them.
        limit: seconds of measured frames after which a slow subject has had enough.
        burst: frames as fast as it goes, `rounds` times a subject.
        paced: seconds at the pace of a camera, a subject.
        rate: that pace, in frames a second.
    """

    frames: int = 300
    warm_up: int = 50
    limit: float = 60
    burst: int = 150
    rounds: int = 3
    paced: float = 3
    rate: int = 30


def job_json(title: str, frames: list[str], settings: Settings, subjects: list[Subject]) -> dict[str, Any]:
    """The job as the page reads it."""
    return {
        "title": title,
        "frames": frames,
        "count": settings.frames,
        "warmUp": settings.warm_up,
        "limit": settings.limit,
        "burst": settings.burst,
        "rounds": settings.rounds,
        "paced": settings.paced,
        "rate": settings.rate,
        "subjects": [subject.to_json() for subject in subjects],
    }
