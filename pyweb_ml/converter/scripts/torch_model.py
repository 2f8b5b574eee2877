"""Runs in the environment "torch": PyTorch modules to `.tflite`, and their outputs for proof.

    convert MODEL OUT.tflite SHAPES.json     run MODEL SHAPES.json INPUTS.npz OUTPUTS.npz

MODEL is FILE.py:FACTORY, MODULE:FACTORY or FILE.pt2. SHAPES.json maps "args_0", … or "" to shapes as the module
takes them. Pictures (inputs and outputs of four dimensions) are turned to NHWC; the arrays of `run` have that
layout too. What the files of arrays hold, `arrays.py` says.
"""

import importlib
import importlib.util
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import torch
from arrays import read_samples, write_samples  # type: ignore[import-not-found]
from command import run_command  # type: ignore[import-not-found]


def main(command: str, spec: str, *words: str) -> None:
    shapes = json.loads(Path(words[1] if command == "convert" else words[0]).read_text(encoding="utf-8"))
    module, example = load(spec, shapes)
    if command == "convert":
        convert(module, example, Path(words[0]))
    else:
        run(module, example, Path(words[1]), Path(words[2]))


def load(spec: str, shapes: dict[str, list[int]]) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    print("progress loading", flush=True)
    module, example = load_program(spec) if spec.endswith(".pt2") else load_factory(spec)
    return module, examples(example, shapes)


def load_factory(spec: str) -> tuple[torch.nn.Module, Any]:
    place, _, name = spec.rpartition(":")
    made = getattr(import_module(place), name)()
    module, example = made if isinstance(made, tuple) else (made, None)
    if not isinstance(module, torch.nn.Module):
        raise TypeError(
            f"'{name}' must give a torch.nn.Module, or one and an example input; it gave {type(module)}"
        )
    return module.eval(), example


def import_module(place: str) -> Any:
    if not place.endswith(".py"):
        sys.path.insert(0, os.getcwd())
        return importlib.import_module(place)
    sys.path.insert(0, str(Path(place).resolve().parent))
    spec = importlib.util.spec_from_file_location(Path(place).stem, place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_program(path: str) -> tuple[torch.nn.Module, Any]:
    """An exported program; `pyweb_ml.converter.readers.torch` has checked that it holds nothing but a graph."""
    unsafe = torch.load
    # Whatever the archive asks for, nothing but tensors is unpickled.
    torch.load = lambda *given, **named: unsafe(*given, **{**named, "weights_only": True})
    try:
        program = torch.export.load(path)
    finally:
        torch.load = unsafe
    return program.module(), program.example_inputs and program.example_inputs[0]


def examples(given: Any, shapes: dict[str, list[int]]) -> tuple[torch.Tensor, ...]:
    """The example inputs, of the shapes that are asked for."""
    if given is None and not shapes:
        raise ValueError(
            "its input has no known shape; give --shape 1,3,224,224, or let the factory give an example"
        )
    if given is None:
        named = sorted(shapes, key=lambda name: int(name.removeprefix("args_") or 0))
        return tuple(torch.rand(*shapes[name]) for name in named)
    tensors = given if isinstance(given, (tuple, list)) else (given,)
    wanted = [shapes.get(f"args_{index}") or (shapes.get("") if len(tensors) == 1 else None) for index in
              range(len(tensors))]  # fmt: skip
    return tuple(
        torch.rand(*shape).to(one.dtype) if shape else one for one, shape in zip(tensors, wanted, strict=True)
    )


def channels_last(tensors: tuple[torch.Tensor, ...]) -> list[int]:
    return [index for index, tensor in enumerate(tensors) if tensor.ndim == 4]


def outputs_of(module: torch.nn.Module, inputs: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    with torch.no_grad():
        found = module(*inputs)
    return tuple(torch.utils._pytree.tree_leaves(found))


def convert(module: torch.nn.Module, example: tuple[torch.Tensor, ...], out: Path) -> None:
    import litert_torch

    pictures, results = channels_last(example), channels_last(outputs_of(module, example))
    if pictures or results:
        module = litert_torch.to_channel_last_io(module, args=pictures, outputs=results)
        example = tuple(
            tensor.permute(0, 2, 3, 1).contiguous() if index in pictures else tensor
            for index, tensor in enumerate(example)
        )
    print("progress converting", flush=True)
    litert_torch.convert(module, example).export(str(out))


def run(module: torch.nn.Module, example: tuple[torch.Tensor, ...], inputs: Path, outputs: Path) -> None:
    pictures = channels_last(example)
    found = []
    for sample in read_samples(inputs):
        given = [torch.from_numpy(sample[f"args_{index}"]) for index in range(len(example))]
        turned = [one.permute(0, 3, 1, 2) if index in pictures else one for index, one in enumerate(given)]
        found.append(outputs_of(module, tuple(turned)))
    write_samples(
        outputs, [{f"output_{index}": as_array(value) for index, value in enumerate(one)} for one in found]
    )


def as_array(tensor: torch.Tensor) -> Any:
    return (tensor.permute(0, 2, 3, 1) if tensor.ndim == 4 else tensor).detach().numpy()


if __name__ == "__main__":
    run_command(main)
