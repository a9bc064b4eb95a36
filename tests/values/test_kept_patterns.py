"""Patterns that are kept for the next start: what is kept means the same, and what is broken isn't taken."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from values import kept_patterns
from values.kept_patterns import compile_pattern, keep_patterns

PATTERNS = [
    (r"(?P<word>b\w+)|(x)", re.I),
    (r"(?i:ą)[^\W\d_]{2,}", 0),
    (r"^a.b$", re.S | re.M),
    ("[\ud800-\udfff]", 0),
    (r"(?x) a b # c", 0),
]
SAID = ("A Bee, x", "ĄbC 12", "a\nb", "ab", "\ud801")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(kept_patterns, "_FOLDER", tmp_path)
    kept_patterns._programs.cache_clear()
    yield tmp_path
    kept_patterns._programs.cache_clear()


def found(pattern: str, flags: int) -> list[object]:
    made = compile_pattern(pattern, flags)
    spans = [[(one.span(), one.groupdict(), one.lastgroup) for one in made.finditer(said)] for said in SAID]
    return [spans, made.flags, made.groups, made.groupindex, made.pattern]


def test_what_is_kept_finds_the_same_without_being_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = [found(*one) for one in PATTERNS]
    keep_patterns(PATTERNS)
    kept_patterns._programs.cache_clear()
    monkeypatch.setattr(kept_patterns.re, "compile", lambda *_: pytest.fail("translated anew"))
    assert [found(*one) for one in PATTERNS] == fresh


def test_a_pattern_under_other_flags_is_another_one() -> None:
    keep_patterns([("b", 0)])
    kept_patterns._programs.cache_clear()
    assert compile_pattern("b", re.I).search("B") is not None


@pytest.mark.parametrize("content", [b"", b"\xff", msgspec.msgpack.encode({"0:'a'": [0, b"\x01\x02", 0, {}]})])
def test_what_is_broken_is_compiled_as_anywhere(folder: Path, content: bytes) -> None:
    keep_patterns([("a", 0)])
    for kept in folder.iterdir():
        kept.write_bytes(content)
    kept_patterns._programs.cache_clear()
    assert compile_pattern("a", 0).search("ba") is not None


def test_a_pattern_that_is_none_is_refused_as_ever() -> None:
    with pytest.raises(re.error):
        compile_pattern("(", 0)
