"""What the converter is made of, for those who keep its results."""

import functools
import hashlib
from pathlib import Path


@functools.cache
def converter_digest() -> str:
    """A hash of the converter's own source: what it writes may differ whenever that does."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()
