"""A value that its author isn't sure of, or asks whose it is, isn't given; one that is told plainly is."""

import tomllib
from pathlib import Path
from typing import Any

from nlu.languages.shipped import KNOWN, among
from nlu.stance import withheld

_FILE = Path(__file__).with_name("values_in_doubt.toml")
_VALUES = ("5260250274", "526-025-02-74", "+48 601 202 303", "biuro@firma.example.com")


def test_values_in_doubt_are_withheld_and_given_ones_kept() -> None:
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    wrong = [
        (lang, sentence, value)
        for part in (told, told["unread"])
        for lang in ("pl", "it", "en")
        for kind in ("doubted", "given")
        for sentence in part[lang][kind]
        for value in _VALUES
        if (value in withheld(sentence.replace("…", value), among(KNOWN, lang))) != (kind == "given")
    ]
    assert wrong == []
