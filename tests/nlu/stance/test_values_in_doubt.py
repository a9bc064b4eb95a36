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


def test_value_that_is_said_anew_is_kept() -> None:
    told: dict[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))["unread"]
    wrong = [
        (sentence, value)
        for lang in ("pl", "it", "en")
        for sentence in told[lang]["restated"]
        for value, other in zip(_VALUES, ("1234563218", "123-456-32-18", "602202303", "jan@x.example.com"), strict=True)
        if other not in withheld(sentence.replace("…", value).replace("*", other), among(KNOWN, lang))
    ]
    assert wrong == []
