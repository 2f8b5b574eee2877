"""Runs in the environment "quantizer": a float32 `.tflite` with one signature to one of 8 bits.

    FORM MODEL.tflite SAMPLES.npz OUT.tflite

FORM is one of `RECIPES`. SAMPLES.npz has what the model is run on to see the ranges of its activations: arrays by
the names of the signature's inputs, as `arrays.py` says; only static_int8 asks for them.
"""

from pathlib import Path

from ai_edge_quantizer import qtyping, quantizer, recipe, recipe_manager
from arrays import read_samples  # type: ignore[import-not-found]
from command import run_command  # type: ignore[import-not-found]

RECIPES = {
    "dynamic_int8": recipe.dynamic_wi8_afp32,
    "weight_only_int8": recipe.weight_only_wi8_afp32,
    "static_int8": recipe.static_wi8_ai8,
}
_ENDS = (qtyping.TFLOperationName.INPUT, qtyping.TFLOperationName.OUTPUT)


def main(form: str, model: str, samples: str, out: str) -> None:
    worker = quantizer.Quantizer(model, RECIPES[form]())
    calibration = None
    if form == "static_int8":
        for end in _ENDS:  # whoever runs the model goes on giving and getting float32
            worker.update_quantization_recipe(
                regex=".*", operation_name=end, algorithm_key=recipe_manager.AlgorithmName.NO_QUANTIZE
            )
        print("progress calibrating", flush=True)
        calibration = worker.calibrate({key_of(model): read_samples(Path(samples))}, num_threads=1)
    print("progress quantising", flush=True)
    worker.quantize(calibration, out, enable_progress_bar=False, enable_progress_report=False)


def key_of(model: str) -> str:
    """The name of the model's signature."""
    from ai_edge_litert.interpreter import Interpreter

    (key,) = Interpreter(model).get_signature_list()
    return str(key)


if __name__ == "__main__":
    run_command(main)
