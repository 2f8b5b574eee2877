"""What is no longer needed of a mapped file does not stay in memory, and can still be read."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

from pyweb_ml.converter.mapped import release
from pyweb_ml.converter.model import Graph, Model
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.converter.writers.tflite import write_tflite
from tests.converter.small_models import constant

SIZE = 2**22


def resident(path: Path) -> int:
    """Bytes of a mapped file that are in this process's memory."""
    text = Path("/proc/self/smaps").read_text(encoding="utf-8")
    mappings = re.findall(rf"{re.escape(str(path))}\n(?:.*\n)*?Rss: +(\d+) kB", text)
    return sum(int(kilobytes) * 1024 for kilobytes in mappings)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what is resident")
def test_a_released_array_is_out_of_memory_and_keeps_its_values(tmp_path: Path) -> None:
    path = tmp_path / "m.tflite"
    write_tflite(Model([Graph([], [constant("c", np.arange(SIZE // 4, dtype=np.int32))], [])]), path)
    values = np.asarray(read_tflite(path).graph.outputs[0].data)
    total = values.sum(dtype=np.int64)
    assert resident(path) >= SIZE
    release(values)
    assert resident(path) < SIZE // 4
    assert values.sum(dtype=np.int64) == total


def test_an_array_of_ones_own_is_left_alone() -> None:
    values = np.ones(3)
    release(values[1:])
    assert values.tolist() == [1, 1, 1]
