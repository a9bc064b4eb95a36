"""The pages' own words in every shipped language: `texts/{pl,it,en}.toml`, `{name}` replaced in one pass.

What the desk says in the chat is not here: it comes from the profile.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from bot.texts.catalogue import elide_articles
from bot.texts.toml_tables import common, for_pages
from values.locale import ENGLISH, SHIPPED

_HERE = Path(__file__).parent / "texts"
_PLACE = re.compile(r"\{([a-z_]+)\}")
LOCALES = SHIPPED
"""The languages in which the pages speak by themselves; a profile's folder may bring others."""
BORROWED = frozenset(
    {"landing", "sandbox", "telegram", "access", "channel", "desk", "desk_line", "desk_script", "desk_trail"}
)
"""Sections for operators: a language that doesn't bring them has them in English."""


class PageWords:
    """The words of one language, found by `section.key`."""

    def __init__(self, locale: str, texts: Mapping[str, str], names: Mapping[str, str] | None = None) -> None:
        self.locale = locale
        self._texts = texts
        self._names = names or {}

    def with_names(self, names: Mapping[str, str]) -> "PageWords":
        """Return the same words, with the seller's name in the cases that they use."""
        return PageWords(self.locale, self._texts, names)

    def __call__(self, key: str, **values: object) -> str:
        """Return the words with the places filled. Errors: KeyError for an unknown key or a place without a value."""
        filled = {**self._names, **values}
        return elide_articles(_PLACE.sub(lambda place: str(filled[place[1]]), self._texts[key]), self.locale)

    def get(self, key: str, fallback: str, values: Mapping[str, object]) -> str:
        """As calling it, but an unknown key or a missing value gives `fallback`: for keys of other rooms."""
        fits = key in self._texts and places(self._texts[key]) <= values.keys() | self._names.keys()
        return self(key if fits else fallback, **values)

    def has(self, key: str) -> bool:
        return key in self._texts

    def section(self, name: str) -> dict[str, str]:
        """Return all words of one section by their short keys, for a script."""
        head = name + "."
        return {key.removeprefix(head): text for key, text in self._texts.items() if key.startswith(head)}

    @property
    def texts(self) -> dict[str, str]:
        """All words as written, with their placeholders."""
        return dict(self._texts)

    def keys(self) -> set[str]:
        """All keys: every language must have the same ones."""
        return set(self._texts)


def words(locale: str) -> PageWords:
    """Return the pages' words in a shipped language; for any other, in English."""
    return words_in(_HERE, locale)


@cache
def words_in(folder: Path, locale: str) -> PageWords:
    """Return the words of `CODE.toml` in a shipped language, or in English, with those of the dialogs' texts."""
    known = locale if locale in LOCALES else ENGLISH
    own = flat(tomllib.loads((folder / f"{known}.toml").read_text("utf-8")))
    return PageWords(known, for_pages(common(known)) | own)


def bring_page_words(locale: str, own: Mapping[str, str]) -> PageWords:
    """Return the words of a language that a profile brings, with the English ones where they may be borrowed."""
    english = words(ENGLISH)
    return PageWords(locale, english.texts | dict(own))


def flat(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return the texts of parsed TOML by `section.key`."""
    return {f"{section}.{key}": text for section, table in tables.items() for key, text in table.items()}


def places(text: str) -> set[str]:
    """Return the names of the places in a text."""
    return set(_PLACE.findall(text))


def choose_locale(wanted: Iterable[str], spoken: Iterable[str], default: str) -> str:
    """Return the first wanted language (such as `it-IT`) that is spoken, else the default."""
    known = tuple(spoken)
    heads = (tag.strip().lower().replace("_", "-").split("-", 1)[0] for tag in wanted)
    return next((head for head in heads if head in known), default)


def accepted_languages(header: str) -> list[str]:
    """Return the languages of an `Accept-Language` header, preferred first; unreadable ones are skipped."""
    liked: list[tuple[float, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if tag.strip() not in ("", "*") and quality > 0:
            liked.append((quality, tag.strip()))
    return [tag for _, tag in sorted(liked, key=lambda pair: -pair[0])]
