"""Patterns that are compiled when they are first asked."""

import re

import pytest

from values.patterns import compile_waiting, regex


def test_a_pattern_answers_as_a_compiled_one_does() -> None:
    waiting, compiled = regex(r"(?P<word>b\w+)", re.I), re.compile(r"(?P<word>b\w+)", re.I)
    assert waiting.pattern == compiled.pattern
    for _ in range(2):
        assert waiting.sub("-", "a Bee") == compiled.sub("-", "a Bee")
        assert [found["word"] for found in waiting.finditer("bee BAT")] == ["bee", "BAT"]
        assert waiting.fullmatch("cat") is None
    assert (waiting.flags, waiting.groupindex) == (compiled.flags, compiled.groupindex)


def test_what_is_no_pattern_is_found_when_it_is_asked_not_when_it_is_written() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("")
    with pytest.raises(re.error):
        compile_waiting()


def test_asked_for_what_no_pattern_has() -> None:
    with pytest.raises(AttributeError):
        getattr(regex("a"), "strange")  # noqa: B009


def test_all_that_wait_are_compiled_once_nobody_waits() -> None:
    compile_waiting()
    late = regex("b+")
    compile_waiting()
    assert late.search("abb") is not None
