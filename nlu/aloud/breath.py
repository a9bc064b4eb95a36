"""A choice taken back in one breath: "kartą, albo nie, jednak blikiem", "paypal no anzi carta"."""

import re
from collections.abc import Iterable

_BACK = re.compile(
    r"[\s,.;…-]*\b(?:(?:albo |a |oj )?nie,? jednak(?: nie)?|jednak|przepraszam|sorry|to znaczy|znaczy"
    r"|a? ?w[łl]a[śs]ciwie|czekaj(?:cie)?|albo nie|pomyłka|pomyli[łl][ea]m si[eę]"
    r"|(?:no,? )?anzi(?:,? no)?|cio[èe](?:,? no)?|(?:no,? )?scus(?:i|a|ate)|volevo dire|aspett[ai]|mi correggo"
    r"|(?:no,? )?(?:wait|actually|sorry|hang on|hold on|scratch that|make that)|i mean(?:t)?|no,? i mean)\b[\s,.;…-]*",
    re.I,
)
_DENIED = re.compile(r"^(?:(?:nie|no|to|nie to)\b[\s,.]*)+", re.I)


def taken_back(text: str) -> tuple[str, str] | None:
    """Return what was said before the last word of correction, and what behind it; None where there is none.

    What is behind is empty where nothing took its place.
    """
    found = [match for match in _BACK.finditer(text) if text[: match.start()].strip()]
    if not found:
        return None
    said = re.split(_BACK, text[: found[-1].start()])[-1]
    return said.strip(" ,."), _DENIED.sub("", text[found[-1].end() :]).strip(" ,.")


_FEWEST_LETTERS = 4
_SPELLED = re.compile(r"(?<![\w'’])[^\W\d_](?:[ .-]+[^\W\d_](?![\w'’])){2,}")


def with_spelled_words(text: str) -> str:
    """Return the text with words that were spelled in one: "B L I K" is "BLIK"."""
    return _SPELLED.sub(lambda word: re.sub(r"[ .-]+", "", word.group()), text)


def with_titles(text: str, titles: Iterable[str]) -> str:
    """Return the text with the titles that were heard as several words: "pay pal" is "PayPal"."""
    for title in titles:
        letters = re.sub(r"\s", "", title)
        if letters.isascii() and letters.isalnum() and len(letters) >= _FEWEST_LETTERS:
            text = re.sub(rf"(?<!\w){r' ?'.join(letters)}(?!\w)", title, text, flags=re.I)
    return text
