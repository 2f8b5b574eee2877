"""ImagePropertiesCalculator: an image's size."""

from pyweb_ml.graph.authoring import standard
from pyweb_ml.graph.contract import OutputPort
from pyweb_ml.graph.payloads import Image, Size, SizeOf


@standard("ImagePropertiesCalculator", outputs=(OutputPort("SIZE", "Size"),))
def image_properties(image: Image) -> Size:
    """The size of an image uint8 (height, width, 3 or 4), in pixels."""
    return SizeOf(width=image.shape[1], height=image.shape[0])
