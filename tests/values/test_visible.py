"""What hides or turns other signs is seen; names and emoji stay whole."""

import pytest

from values.visible import visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a\u202egnp.exe", "a[U+202E]gnp.exe"),
        ("\u2066x\u2069\u200b\ufeff", "[U+2066]x[U+2069][U+200B][U+FEFF]"),
        ("a\ud800b", "a\ufffdb"),
        ("wiersz\ndrugi", "wiersz\ndrugi"),
        ("👩\u200d💻 ن\u200cا ąę", "👩\u200d💻 ن\u200cا ąę"),
        ("tag\U000e0041", "tag[U+E0041]"),
    ],
)
def test_signs_are_seen(text: str, seen: str) -> None:
    assert visible(text) == seen
    assert visible(seen) == seen
