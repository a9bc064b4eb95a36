"""The words that a voice puts in the place of signs, as the texts of a language have them (`speech.toml`)."""

import re
from collections.abc import Mapping
from typing import Protocol

from babel.numbers import format_decimal, get_currency_name, get_currency_precision
from msgspec import Struct, field

from dialogs.kit import Params
from values.money import Money

_LINE_END = re.compile(r"\s*(?:\n|$)")
MOST_KEPT = 1024
"""Amounts whose words are kept: most are a seller's prices, again and again."""
_ENTRIES, _SIDES = re.compile(r"\s*;\s*"), " = "


class SpeechTexts(Protocol):
    """Texts by key, as the renderer of a profile has them."""

    def words(self, key: str, params: Params, locale: str) -> str:
        """Return any text by its key."""
        ...

    def has(self, key: str, locale: str) -> bool:
        """Tell whether there is such a text."""
        ...


class SpeechVocabulary(Struct, frozen=True):
    """The words of one language. `signs` are by name (`at`, `dot` …); `short` has abbreviations and what they say."""

    locale: str
    texts: SpeechTexts
    signs: Mapping[str, str]
    short: Mapping[str, str]
    shortened: re.Pattern[str]
    _amounts: dict[Money, str] = field(default_factory=dict[Money, str])

    def amount(self, money: Money) -> str:
        """Return the amount in words for its currency, its digits ungrouped: `1000 złotych 1 grosz`."""
        if (known := self._amounts.get(money)) is not None:
            return known
        said = self._unsigned(Money(abs(money.minor), money.currency))
        said = f"{self.signs['minus']} {said}" if money.minor < 0 else said
        if len(self._amounts) >= MOST_KEPT:
            self._amounts.clear()
        self._amounts[money] = said
        return said

    def _unsigned(self, money: Money) -> str:
        named = f"speech.money.{money.currency.lower()}"
        if not self.texts.has(f"{named}.whole", self.locale):
            return _as_cldr_names_it(money, self.locale)
        whole, part = divmod(money.minor, 10 ** get_currency_precision(money.currency))
        parts = {name: n for name, n in (("whole", whole), ("part", part)) if n or (name == "whole" and not part)}
        said = {name: self._counted(f"{named}.{name}", n) for name, n in parts.items()}
        if len(said) == 1:
            return next(iter(said.values()))
        return self.texts.words("speech.money.both", said, self.locale)

    def _counted(self, key: str, n: int) -> str:
        return self.texts.words(key, {"n": n, "figures": str(n)}, self.locale)

    def unabbreviated(self, text: str) -> str:
        """Return the text with abbreviations in full; one that ends a line still ends its sentence."""

        def full(found: re.Match[str]) -> str:
            said = self.short[found[0].lower()]
            said = said[0].upper() + said[1:] if found[0][0].isupper() and found[0][1:].islower() else said
            return f"{said}." if _LINE_END.match(text, found.end()) and found[0].endswith(".") else said

        return self.shortened.sub(full, text) if self.short else text


SIGNS = ("at", "dot", "dash", "underscore", "plus", "minus", "to", "link", "ticked", "unticked")
"""The texts `speech.NAME` that stand for a sign."""


def vocabulary(texts: SpeechTexts, locale: str) -> SpeechVocabulary:
    """Return the words of a language."""
    pairs = (entry.partition(_SIDES) for entry in _ENTRIES.split(texts.words("speech.short", {}, locale)))
    short = {written.lower(): said for written, _, said in pairs if said}
    longest = sorted(map(re.escape, short), key=len, reverse=True)
    shortened = re.compile(rf"(?<![\w.])(?:{'|'.join(longest)})(?!\w)", re.IGNORECASE)
    signs = {name: texts.words(f"speech.{name}", {}, locale) for name in SIGNS}
    return SpeechVocabulary(locale, texts, signs, short, shortened)


def _as_cldr_names_it(money: Money, locale: str) -> str:
    """Return an amount of a currency for which the texts have no words of their own."""
    exact = money.decimal
    figures = format_decimal(exact, format="0.##", locale=locale)
    count = int(exact) if exact == int(exact) else exact  # "1.00" is counted otherwise than 1
    return f"{figures} {get_currency_name(money.currency, count=count, locale=locale)}"
