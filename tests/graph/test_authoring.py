"""Authoring: what a user writes becomes a graph, or an error at the line that wrote the mistake."""

import re

import pytest

import pyweb_ml as pw
from pyweb_ml.graph.config import from_json, to_json

MODEL = pw.Model("model.tflite")


@pw.calculator
def first(detections: pw.Detections, n: int = 1) -> pw.Detections:
    return detections[:n]


@pw.calculator
class Count:
    def __init__(self, start: int = 0) -> None:
        self.start = start

    def process(self, detections: pw.Detections) -> tuple[pw.Number, pw.Text]:
        return self.start + len(detections), "faces"


def traced(function: object, **more: object) -> dict[str, object]:
    return to_json(pw.app(title="t", **more)(function).trace().config)  # type: ignore[arg-type]  # any function


def test_a_pipeline_becomes_a_graph_of_mediapipes_calculators() -> None:
    def pipeline(frame: pw.Image) -> pw.Tensors:
        tensors = pw.image_to_tensor(
            frame, output_tensor_width=8, output_tensor_height=4, output_tensor_float_range=(-1, 1)
        )
        return pw.inference(tensors, model=MODEL)

    assert traced(pipeline) == {
        "input_stream": ["frame"],
        "output_stream": ["output"],
        "node": [
            {
                "name": "image_to_tensor",
                "calculator": "ImageToTensorCalculator",
                "input_stream": ["IMAGE:frame"],
                "output_stream": ["TENSORS:image_to_tensor"],
                "node_options": [
                    {
                        "@type": "type.googleapis.com/mediapipe.ImageToTensorCalculatorOptions",
                        "output_tensor_width": 8,
                        "output_tensor_height": 4,
                        "output_tensor_float_range": {"min": -1, "max": 1},
                    }
                ],
            },
            {
                "name": "inference",
                "calculator": "InferenceCalculator",
                "input_stream": ["TENSORS:image_to_tensor"],
                "output_stream": ["TENSORS:output"],
                "node_options": [
                    {
                        "@type": "type.googleapis.com/mediapipe.InferenceCalculatorOptions",
                        "model_path": "model.tflite",
                    }
                ],
            },
        ],
    }


def test_a_dict_names_the_outputs() -> None:
    def pipeline(found: pw.Detections) -> pw.Outputs:
        return {"one": first(found), "two": first(found, n=2)}

    config = traced(pipeline)
    assert config["output_stream"] == ["one", "two"]


def test_an_output_may_have_the_name_that_an_inner_stream_would_have() -> None:
    def pipeline(found: pw.Detections) -> pw.Outputs:
        inner = first(found)
        return {"first": first(inner, n=2), "first_2": first(inner, n=3)}

    graph = pw.app(title="t")(pipeline).trace()
    made = [node.output_stream for node in graph.config.node]
    assert made == [["first_inner"], ["first"], ["first_2"]]
    assert graph.config.node[1].input_stream == ["DETECTIONS:first_inner"]


def test_a_config_survives_json() -> None:
    def pipeline(found: pw.Detections) -> pw.Outputs:
        number, text = Count(start=2).process(first(found, n=3))
        return {"number": number, "text": text}

    config = traced(pipeline)
    assert to_json(from_json(config)) == config


def test_a_class_is_made_with_the_options_it_was_written_with() -> None:
    def pipeline(found: pw.Detections) -> pw.Outputs:
        number, text = Count(start=2).process(found)
        return {"number": number, "text": text}

    graph = pw.app(title="t")(pipeline).trace()
    (node,) = graph.config.node
    assert node.options["construct"] == {"start": 2}
    assert graph.outputs == {"number": "Number", "text": "Text"}


def test_a_calculator_on_payloads_just_computes() -> None:
    face = pw.Detection("face", 0.9, pw.Box(0, 0, 1, 1))
    assert first([face, face]) == [face]
    assert Count(start=1).process([face]) == (2, "faces")


def _unknown_option(frame: pw.Image) -> pw.Image:
    return pw.gaussian_blur(frame, sgima=8)  # type: ignore[call-arg]  # the mistake


def _wrong_type(frame: pw.Image) -> pw.Tensors:
    return pw.inference(frame, model=MODEL)  # type: ignore[arg-type]  # the mistake


def _missing_input(frame: pw.Image) -> pw.Image:
    return pw.blend(frame, frame)  # type: ignore[call-arg]  # the mistake


def _wrong_value(frame: pw.Image) -> pw.Image:
    return pw.gaussian_blur(frame, sigma="8")  # type: ignore[arg-type]  # the mistake


def _wrong_choice(frame: pw.Image) -> pw.Tensors:
    return pw.image_to_tensor(
        frame,
        output_tensor_width=1,
        output_tensor_height=1,
        border_mode="ZERO",  # type: ignore[arg-type]
    )


def _value_asked(frame: pw.Image) -> pw.Image:
    return frame if frame.shape[0] > 4 else pw.gaussian_blur(frame, sigma=8)


def _no_stream(frame: pw.Image) -> pw.Image:
    return 3  # type: ignore[return-value]  # the mistake


def _input_returned(frame: pw.Image) -> pw.Image:
    return frame


def _payload_given(frame: pw.Image) -> pw.Detections:
    return first([])


MISTAKES = {
    _unknown_option: r"test_authoring.py:\d+: 'gaussian_blur' has no option 'sgima'; did you mean 'sigma'\?",
    _wrong_type: r"'inference' takes Tensors as 'tensors', but was given the Image stream 'frame'; "
    r"make it with pw.image_to_tensor",
    _missing_input: r"'blend' needs its input 'mask', of type Mask",
    _wrong_value: r"the option 'sigma' of 'gaussian_blur' must be float, not '8'",
    _wrong_choice: r"the option 'border_mode' of 'image_to_tensor' must be one of .*BORDER_ZERO.*, not 'ZERO'",
    _value_asked: r"the Image stream 'frame' has no value while the pipeline is traced; .*@pw.calculator",
    _no_stream: r"must return streams; 'output' is 3",
    _input_returned: r"the output 'output' is the Image stream 'frame', which is an input",
    _payload_given: r"must return streams; 'output' is \[\]",
}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda function: function.__name__.lstrip("_"))
def test_a_mistake_is_an_error_that_says_what_to_type(mistake: object) -> None:
    with pytest.raises(pw.AuthoringError, match=MISTAKES[mistake]):  # type: ignore[index]
        traced(mistake)


def test_the_error_names_the_line_that_wrote_the_mistake() -> None:
    with pytest.raises(pw.AuthoringError) as caught:
        traced(_unknown_option)
    line = _unknown_option.__code__.co_firstlineno + 1
    assert str(caught.value).startswith(f"test_authoring.py:{line}: ")


def test_a_parameter_of_a_pipeline_needs_a_stream_type() -> None:
    def pipeline(frame: bytes) -> bytes:
        return frame

    with pytest.raises(pw.AuthoringError, match=r"the parameter 'frame' of 'pipeline' needs one of pw\.Image"):
        traced(pipeline)


def test_streams_are_named_in_small_letters() -> None:
    def inputs(theFrame: pw.Image) -> pw.Image:  # noqa: N803  # the mistake
        return pw.gaussian_blur(theFrame, sigma=1)

    def outputs(frame: pw.Image) -> pw.Outputs:
        return {"Blurred frame": pw.gaussian_blur(frame, sigma=1)}

    with pytest.raises(pw.AuthoringError, match=r"'theFrame' names a stream, .* such as 'the_frame'"):
        traced(inputs)
    with pytest.raises(pw.AuthoringError, match=r"the output 'Blurred frame' .* such as 'blurred_frame'"):
        traced(outputs)


def test_a_calculator_must_say_what_it_returns() -> None:
    with pytest.raises(pw.AuthoringError, match="'nothing' must say what it returns"):

        @pw.calculator
        def nothing(frame: pw.Image):  # type: ignore[no-untyped-def]  # the mistake
            return frame


def test_a_class_without_process_is_refused() -> None:
    with pytest.raises(pw.AuthoringError, match=re.escape("the class 'Empty' needs a method 'process'")):

        @pw.calculator
        class Empty:
            pass
