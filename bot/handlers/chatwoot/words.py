"""The words that stand in the help desk, in the languages of the desk's own pages: `texts/{pl,it,en}.toml`."""

import tomllib
from functools import cache
from pathlib import Path

from bot.web.words import LOCALES, PageWords, flat
from values.locale import ENGLISH

_HERE = Path(__file__).parent / "texts"


@cache
def words(locale: str) -> PageWords:
    """The words of a shipped language; of any other, English."""
    known = locale if locale in LOCALES else ENGLISH
    return PageWords(known, flat(tomllib.loads((_HERE / f"{known}.toml").read_text("utf-8"))))
