"""What a reader is told beyond the file itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pyweb_ml.progress import Progress, quiet


@dataclass(frozen=True)
class ReadOptions:
    """How to read a model.

    Attributes:
        shapes: by the name of an input, the shape that it is to have, in the original's own layout; "" stands for
            the only input of a model that has one.
        weights: the file of the weights, for formats that have it beside the model's own (Darknet); None to look
            for it by its name.
        channels_last: whether inputs and outputs of four axes are to be (batch, height, width, channels) where the
            model has (batch, channels, height, width); done after reading (`preparation.prepare`).
        progress: told what a reader that takes long is busy with.
    """

    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    weights: Path | None = None
    channels_last: bool = False
    progress: Progress = quiet

    def shape_of(self, name: str, inputs: int = 1) -> tuple[int, ...] | None:
        """The shape that the input `name`, of a model with so many `inputs`, is to have; None to leave it."""
        return self.shapes.get(name) or (self.shapes.get("") if inputs == 1 else None)
