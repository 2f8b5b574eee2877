"""Writes pyweb_ml/calculators/hershey_simplex.json anew; needs PyPI's hershey-fonts 2.1.0.

The letters are those of Dr. A. V. Hershey (U.S. National Bureau of Standards, 1967), which may be used freely
but not in the NTIS's own format; "futural" is the face that OpenCV calls FONT_HERSHEY_SIMPLEX.
"""

import json
from pathlib import Path
from typing import Any

from HersheyFonts import HersheyFonts

OUT = Path(__file__).parents[2] / "pyweb_ml" / "calculators" / "hershey_simplex.json"
SOURCE = "Hershey Simplex, by Dr. A. V. Hershey, U.S. National Bureau of Standards; from PyPI hershey-fonts 2.1.0"


def _glyph(font: Any, character: str) -> list[Any]:
    (glyph,) = font.glyphs_for_text(character)
    strokes = font.strokes_for_text(character)
    return [glyph.char_width, [[coordinate for point in stroke for coordinate in point] for stroke in strokes]]


def main() -> None:
    font = HersheyFonts()
    font.load_default_font("futural")
    glyphs = {chr(code): _glyph(font, chr(code)) for code in range(32, 127)}
    compact = {key: json.dumps(value, separators=(",", ":")) for key, value in glyphs.items()}
    lines = ",\n".join(f"{json.dumps(key)}:{value}" for key, value in compact.items())
    OUT.write_text(f'{{"source":{json.dumps(SOURCE)},\n"glyphs":{{\n{lines}}}}}\n')


if __name__ == "__main__":
    main()
