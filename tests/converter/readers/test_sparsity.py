"""Sparse weights become what LiteRT's own DENSIFY makes of them."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from numpy.typing import NDArray

from pyweb_ml.converter.interpreter import run_file
from pyweb_ml.converter.readers.tflite import read_tflite
from pyweb_ml.errors import ConversionError
from tests.converter.raw_tflite import packed, raw_model, raw_operator, raw_tensor

DENSE, CSR = schema.DimensionType.DENSE, schema.DimensionType.SPARSE_CSR
INDICES = [
    ("Uint8Vector", schema.Uint8VectorT),
    ("Uint16Vector", schema.Uint16VectorT),
    ("Int32Vector", schema.Int32VectorT),
]


def sparse_values(*shape: int) -> NDArray[np.float32]:
    random = np.random.default_rng(sum(shape))
    return (random.standard_normal(shape) * (random.random(shape) < 0.3)).astype(np.float32)


def level(format_: int, size: int, segments: list[int], indices: list[int], kind: tuple[str, Any]) -> Any:
    made = schema.DimensionMetadataT()
    made.format = format_
    if format_ == DENSE:
        made.denseSize = size
        return made
    for name, values in (("arraySegments", segments), ("arrayIndices", indices)):
        vector = kind[1]()
        vector.values = values
        setattr(made, f"{name}Type", getattr(schema.SparseIndexVector, kind[0]))
        setattr(made, name, vector)
    return made


def sparse_model(
    dense: NDArray[np.float32],
    order: list[int],
    blocks: dict[int, int],
    formats: list[int],
    kind: tuple[str, Any] = INDICES[2],
) -> Any:
    """A `ModelT` that densifies `dense`, walked in `order`, its dimensions cut into `blocks` (dimension: size)."""
    numbers = [
        d if part == 0 else dense.ndim + list(blocks).index(d)
        for d in range(dense.ndim)
        for part in range(1 + (d in blocks))
    ]
    sizes = [
        n
        for d, size in enumerate(dense.shape)
        for n in ([size // blocks[d], blocks[d]] if d in blocks else [size])
    ]
    walked = dense.reshape(sizes).transpose([numbers.index(number) for number in order])
    prefixes: list[tuple[int, ...]] = [()]
    levels = []
    for depth, format_ in enumerate(formats):
        found = [
            [i for i in range(walked.shape[depth]) if format_ == DENSE or walked[(*p, i)].any()] for p in prefixes
        ]
        segments = [0, *np.cumsum([len(each) for each in found]).tolist()]
        levels.append(level(format_, walked.shape[depth], segments, [i for each in found for i in each], kind))
        prefixes = [(*p, i) for p, each in zip(prefixes, found, strict=True) for i in each]
    values = np.array([walked[p] for p in prefixes], np.float32)
    tensor = raw_tensor("sparse", list(dense.shape), data=values)
    tensor.sparsity = schema.SparsityParametersT()
    tensor.sparsity.traversalOrder, tensor.sparsity.blockMap = order, list(blocks)
    tensor.sparsity.dimMetadata = levels
    operator = raw_operator([0], [1], "DensifyOptions", schema.DensifyOptionsT())
    tensors = [tensor, raw_tensor("dense", list(dense.shape))]
    return raw_model([(schema.BuiltinOperator.DENSIFY, operator)], tensors, [], [1])


CASES = [
    *[
        ([5, 7], order, {}, list(formats))
        for order in ([0, 1], [1, 0])
        for formats in product((DENSE, CSR), repeat=2)
    ],
    *[([4, 6], order, {1: 3}, [DENSE, CSR, DENSE]) for order in ([0, 1, 2], [1, 0, 2])],
    ([8, 6], [0, 1, 2, 3], {0: 4, 1: 2}, [DENSE, CSR, DENSE, DENSE]),
    ([8, 6], [1, 0, 3, 2], {0: 4, 1: 2}, [DENSE, CSR, DENSE, DENSE]),
    ([8, 6], [0, 1, 2], {0: 4}, [CSR, CSR, DENSE]),
    ([6, 1, 1, 8], [0, 1, 2, 3, 4], {3: 4}, [DENSE, DENSE, DENSE, CSR, DENSE]),
    ([6, 3, 2, 8], [3, 0, 1, 2], {}, [DENSE, DENSE, CSR, CSR]),
]


@pytest.mark.parametrize(("shape", "order", "blocks", "formats"), CASES)
def test_any_order_blocks_and_formats_give_what_litert_gives(
    shape: list[int], order: list[int], blocks: dict[int, int], formats: list[int], tmp_path: Path
) -> None:
    dense = sparse_values(*shape)
    path = packed(sparse_model(dense, order, blocks, formats), tmp_path / "m.tflite")
    model = read_tflite(path)
    assert model.graph.operators == []
    assert np.array_equal(np.asarray(model.graph.outputs[0].data), dense)
    assert np.array_equal(run_file(path, {}, xnnpack=False)[0], dense)


@pytest.mark.parametrize("kind", INDICES, ids=[name for name, _ in INDICES])
def test_indices_may_be_of_any_width(kind: tuple[str, Any], tmp_path: Path) -> None:
    dense = sparse_values(9, 5)
    model = read_tflite(packed(sparse_model(dense, [0, 1], {}, [DENSE, CSR], kind), tmp_path / "m.tflite"))
    assert np.array_equal(np.asarray(model.graph.outputs[0].data), dense)


def damage_order(sparsity: Any) -> None:
    sparsity.traversalOrder = [0, 0]


def damage_levels(sparsity: Any) -> None:
    sparsity.dimMetadata = sparsity.dimMetadata[:1]


def damage_size(sparsity: Any) -> None:
    sparsity.dimMetadata[0].denseSize = 2**30


def damage_segments(sparsity: Any) -> None:
    sparsity.dimMetadata[1].arraySegments.values = [0, 9, 3, 4, 4, 5]


def damage_rows(sparsity: Any) -> None:
    sparsity.dimMetadata[1].arraySegments.values = [0, 1]


def damage_indices(sparsity: Any) -> None:
    sparsity.dimMetadata[1].arrayIndices.values[0] = 7


def damage_blocks(sparsity: Any) -> None:
    sparsity.blockMap, sparsity.traversalOrder = [5], [0, 1, 2]


def damage_values(sparsity: Any) -> None:
    segments, indices = sparsity.dimMetadata[1].arraySegments.values, sparsity.dimMetadata[1].arrayIndices.values
    sparsity.dimMetadata[1].arraySegments.values = [*segments[:-1], segments[-1] - 1]
    sparsity.dimMetadata[1].arrayIndices.values = indices[:-1]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_order, r"its traversal_order \[0, 0\] is no order of 2 dimensions"),
        (damage_levels, "it has 1 dim_metadata, not 2"),
        (damage_size, "a dimension has 1073741824 entries, not 5"),
        (damage_segments, "its segments do not divide its [0-9]+ indices"),
        (damage_rows, "it has 2 segments for 5 rows"),
        (damage_indices, "it has an index outside of 0 to 6"),
        (damage_blocks, "its block_map names a dimension that is not there"),
        (damage_values, "it places [0-9]+ values, but there are [0-9]+"),
    ],
)
def test_sparsity_that_contradicts_itself_is_refused(damage: Any, message: str, tmp_path: Path) -> None:
    model = sparse_model(sparse_values(5, 7), [0, 1], {}, [DENSE, CSR])
    damage(model.subgraphs[0].tensors[0].sparsity)
    path = packed(model, tmp_path / "m.tflite")
    with pytest.raises(ConversionError, match=rf"'m.tflite': tensor 0 'sparse' at offset [0-9]+: .*{message}"):
        read_tflite(path)
