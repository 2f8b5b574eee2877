"""Compiles the kernels, C with SIMD, to one WebAssembly module: `python static/kernels/build.py [OUT]`."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
OUT = HERE.parents[1] / "pyweb_ml" / "web" / "kernels.wasm"
TARGET = ["-target", "wasm32-freestanding", "-msimd128", "-mbulk-memory", "-std=c17"]
OPTIONS = ["-O3", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", "-fvisibility=hidden", "-nostdlib"]
LINK = ["-Wl,--no-entry", "-Wl,--export-dynamic", "-Wl,--export=__heap_base", "-Wl,--strip-all"]


def build(out: Path = OUT) -> None:
    """Writes the module to `out`, replacing it only when the whole has been compiled.

    Raises:
        RuntimeError: the compiler refuses a source; with what it says.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    sources = sorted(str(path) for path in HERE.glob("*.c"))
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        made = Path(folder) / out.name
        command = [sys.executable, "-m", "ziglang", "cc", *TARGET, *OPTIONS, *LINK, *sources, "-o", str(made)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"the kernels do not compile:\n{done.stderr}")
        os.replace(made, out)


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else OUT)
