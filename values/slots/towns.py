"""The towns of Europe by name: they confirm that words are one, and refuse none."""

import gzip
from functools import cache
from pathlib import Path

from values.parsing import fold_words

_FILE = Path(__file__).with_name("towns.txt.gz")


@cache
def _towns() -> frozenset[str]:
    return frozenset(gzip.decompress(_FILE.read_bytes()).decode().split("\n"))


def is_town(text: str) -> bool:
    """Return whether a text is the name of a town, however its letters are typed."""
    return fold_words(text) in _towns()
