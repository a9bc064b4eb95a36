"""Wording in the customer's language: dialogs name texts by key, the renderer puts them into words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import structlog
from msgspec import Struct, msgpack
from msgspec.structs import replace

from bot.conversation.outbound import TICKED, UNTICKED, Button, Card, CardChoice, CardRow
from bot.texts.catalogue import Catalogue, MissingText
from dialogs.kit import CardContent, Option, Params, Question, RowContent, Say, Word
from values.look import OKIENKO, Look
from values.patterns import cached_property
from values.seller import Seller

_log = structlog.get_logger(__name__)

MISSING = "kit.missing"
CARDS = 500
"""So many cards are kept in words: those of the orders under way, which are shown with each of their answers."""


class _CardKey(Struct, frozen=True, eq=False):
    """A card's content with its language, equal to what says the same: `mark` tells all values and their types."""

    content: CardContent
    locale: str
    mark: bytes

    def __hash__(self) -> int:
        return hash(self.mark)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _CardKey) and (self.locale, self.mark) == (other.locale, other.mark)


@dataclass(frozen=True)
class Renderer:
    """Puts keys into words for one profile. Never raises: a text that is missing is logged, and an apology is said."""

    seller: Seller
    catalogue: Catalogue
    facts: Mapping[str, str] = field(default_factory=dict[str, str])  # places that every text may use
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])  # documents that texts
    # lead to
    look: Look = OKIENKO  # of letters
    _constant: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]], init=False, repr=False)

    def say(self, say: Say, locale: str) -> str:
        """Return the words of something said; none where only quick replies are offered."""
        return self.words(say.key, say.params, locale) if say.key else ""

    def question(self, question: Question, locale: str) -> str:
        """Return the open step's question; nothing where it was asked in short already."""
        if question.lapsed is not None:
            return self.words(f"kit.lapsed.{question.lapsed}", question.params, locale)
        return "" if question.brief else self.words(f"{question.step.path}.ask", question.params, locale)

    def options(self, options: tuple[Option, ...], locale: str) -> tuple[Button, ...]:
        """Return quick replies with their titles, once per payload; a toggle shows whether it is ticked."""
        seen = {option.payload: option for option in options if not option.hidden}
        return tuple(Button(self._title(o, locale), o.payload, self._whole(o, locale)) for o in seen.values())

    def card(self, content: CardContent, locale: str) -> Card:
        """Return a card in words; rows that neither say nor change anything are left out.

        Where something of it has changed, those that haven't are left out, too: the change alone is asked about.
        """
        return self._cards(_CardKey(content, locale, msgpack.encode(content)))

    @cached_property
    def _cards(self) -> Callable[[_CardKey], Card]:
        return lru_cache(CARDS)(lambda key: self._card(key.content, key.locale))

    def _card(self, content: CardContent, locale: str) -> Card:
        rows = [self._row(content, row, locale) for row in content.rows]
        rows = [row for row in rows if row.was is not None] or rows
        missing = tuple(Word(f"label.{name}") for name in content.missing)
        part = self._card_part
        return Card(
            kind=content.kind,
            key=content.key,
            title=self.words(f"card.{content.kind}.title", content.params, locale),
            rows=tuple(row for row in rows if row.value or row.choices or row.edit),
            total=part(content, "total", locale),
            total_label=self.words("label.total", {}, locale),
            state=part(content, "state", locale),
            missing=self.words("card.missing", {"what": missing}, locale) if missing else None,
            act=self._title(content.act, locale) if content.act is not None else None,
        )

    def _card_part(self, content: CardContent, name: str, locale: str) -> str | None:
        """Return a part of the card that not every kind has."""
        if not self.has(f"card.{content.kind}.{name}", locale):
            return None
        return self.words(f"card.{content.kind}.{name}", content.params, locale) or None

    def _row(self, content: CardContent, row: RowContent, locale: str) -> CardRow:
        choices = (
            CardChoice(self._title(option, locale), option.payload, option.chosen, option.binds is not None)
            for option in row.choices
        )
        return CardRow(
            name=row.name,
            label=self.words(f"label.{row.name}", {}, locale),
            value=(self.words(row.words, {}, locale) if row.words else self._card_part(content, row.name, locale))
            or "",
            edit=row.edit,
            choices=tuple(choices),
            document=row.document,
            copy=row.copied,
            covers=row.covers,
            was=self._was(content, row, locale),
        )

    def _was(self, content: CardContent, row: RowContent, locale: str) -> str | None:
        """Return what held in the row before, where that has changed."""
        if content.before is None:
            return None
        now = self._card_part(content, row.name, locale)
        before = self._card_part(replace(content, params=content.before), row.name, locale)
        return None if before == now else before or ""

    def _whole(self, option: Option, locale: str) -> str | None:
        return self.words(option.whole.key, dict(option.whole.params), locale) if option.whole is not None else None

    def words(self, key: str, params: Params, locale: str) -> str:
        """Return any text by its key; in the profile's first language where it has lost the one asked for."""
        locale = self.spoken(locale)
        try:
            return self.catalogue.fill(key, {"seller": self.seller.name, **self.facts, **params}, locale)
        except MissingText as missing:
            _log.error("text_missing", alarm=True, key=str(missing), locale=locale)
            return "" if key == MISSING else self.words(MISSING, {}, locale)

    def spoken(self, locale: str) -> str:
        """Return the language itself where the profile has it, else its first one."""
        return locale if locale in self.seller.locales else self.seller.locales[0]

    def has(self, key: str, locale: str) -> bool:
        """Tell whether there is such a text."""
        return key in self.catalogue.texts[self.spoken(locale)]

    def titles(self, option: Option) -> tuple[str, ...]:
        """Return a quick reply's titles in all of the profile's languages, for understanding what is typed instead."""
        return self._in_all_languages(option.key, option.params)

    def said(self, word: Word) -> tuple[str, ...]:
        """Return words in all of the profile's languages."""
        return self._in_all_languages(word.key, dict(word.params))

    def _in_all_languages(self, key: str, params: Params) -> tuple[str, ...]:
        # Kept where nothing varies: every message is compared with some twenty titles.
        if params or (said := self._constant.get(key)) is None:
            said = tuple(dict.fromkeys(self.words(key, params, locale) for locale in self.seller.locales))
            if not params:
                self._constant[key] = said
        return said

    def _title(self, option: Option, locale: str) -> str:
        words = self.words(option.key, option.params, locale)
        if option.ticked is None:
            return words
        return f"{TICKED if option.ticked else UNTICKED} {words}"
