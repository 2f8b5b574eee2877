"""Blur everything behind the person."""

import pyweb_ml as pw

SELFIE = pw.Model(
    "npm:@mediapipe/selfie_segmentation@0.1.1675465747/selfie_segmentation.tflite",
    sha256="8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
)


@pw.app(title="Background blur", samples=["../samples/astronaut.jpg"])
def background_blur(frame: pw.Image, strength: pw.Number = pw.slider(0, 20, 8)) -> pw.Image:
    tensors = pw.image_to_tensor(
        frame, output_tensor_width=256, output_tensor_height=256, output_tensor_float_range=(0, 1)
    )
    mask = pw.tensors_to_segmentation(pw.inference(tensors, model=SELFIE), size_of=frame)
    return pw.blend(frame, pw.gaussian_blur(frame, sigma=strength), mask)
