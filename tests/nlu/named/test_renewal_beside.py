"""Renewal that is heard before its card: on only where a clause says all of it, never where it is told of."""

import tomllib
from pathlib import Path
from typing import Any

from nlu.languages.shipped import KNOWN, among
from nlu.named.renewals import renewal_beside

_FILE = Path(__file__).with_name("renewal_beside.toml")
_MAY_BE: dict[str, set[str | None]] = {"on": {"yes"}, "off": {"no"}, "unsaid": {None, "no"}}


def test_renewal_is_heard_where_it_is_asserted() -> None:
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    wrong = [
        (lang, sentence, heard)
        for part in (told, told["unread"])
        for lang in ("pl", "it", "en")
        for kind, wanted in _MAY_BE.items()
        for sentence in part[lang][kind]
        if (heard := renewal_beside(sentence, among(KNOWN, lang))) not in wanted
    ]
    assert wrong == []
