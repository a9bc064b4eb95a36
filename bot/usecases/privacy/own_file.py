"""All that is known of a person as two files: JSON for programs, and a page to be read, in the customer's language.

The page is complete in what it says of the person, and says it in words; marks of the desk's own (ids, fingerprints)
and bare codes stand in the JSON only.
Nothing in it is executable: everything is escaped, and it forbids itself scripts and anything from elsewhere.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_timedelta
from msgspec import Struct

from bot.conversation.inbound import known_kind
from bot.conversation.outbound import Card, CardRow, with_card
from bot.texts import catalogue
from bot.web.page_texts import PageWords
from bot.web.pages import Pages
from services.payments.providers.registry import TITLES
from values.money import Money

JSON, HTML = "json", "html"
KINDS = {JSON: "application/json", HTML: "text/html; charset=utf-8"}
# Of these nobody who reads wants to know.
MARKS = frozenset(
    "id ref n method_id program_id company_id conversation_id order_id payment_id subscription_id text_sha256 made_in"
    " taken_in taken_at mode"
    " contacts_demanded changed_at currency received_currency discount_percent data renews button kept unit_net"
    " discount_terms discount_term tax announced documents lowered renewing of pdf before".split()
)
AMOUNTS = frozenset({"net", "vat", "gross", "amount", "received", "discount_amount"})
UNITS: Mapping[str, tuple[Any, int]] = {"D": ("day", 1), "M": ("month", 30), "Y": ("year", 365)}
"""With their days as Babel counts them."""
NAMED_BY_ID = frozenset({"consents", "items"})


class FilePart(Struct, frozen=True):
    """A chapter of the page: each row is its labels and values."""

    title: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


class FileLine(Struct, frozen=True):
    """Something that was said; `sound` is the address of a recording, which holds all of it."""

    who: str
    at: str
    text: str
    sound: str = ""


class FileTalk(Struct, frozen=True):
    """A conversation: what is known of it, and all that was said."""

    facts: tuple[tuple[str, str], ...]
    lines: tuple[FileLine, ...]


def name_of(seller_id: str, now: datetime, kind: str) -> str:
    """Return the file's name: nothing personal, for it shows in lists of downloads."""
    return f"okienko-{seller_id}-{now:%Y-%m-%d}.{kind}"


def content(found: Mapping[str, Any], kind: str, pages: Pages, locale: str) -> bytes:
    """Return the file's bytes."""
    if kind == JSON:
        return as_json(found).encode()
    return as_page(found, pages, locale).encode()


def as_json(found: Mapping[str, Any]) -> str:
    """As the command line prints it, too."""
    return json.dumps(found, ensure_ascii=False, indent=2)


def as_page(found: Mapping[str, Any], pages: Pages, locale: str) -> str:
    """As a page of its own, to be kept and printed."""
    reader = _Reader(pages, locale, pages.words(locale))
    return pages.text(
        "own_data.html",
        locale,
        seller=found["seller"],
        made_at=reader.value("made_at", found["made_at"], {}),
        parts=tuple(reader.parts(found)),
        talks=tuple(reader.talk(one) for one in found["conversations"]),
    )


class _Reader(Struct, frozen=True):
    pages: Pages
    locale: str
    t: PageWords

    def parts(self, found: Mapping[str, Any]) -> Iterator[FilePart]:
        for name, held in found.items():
            rows = held if isinstance(held, list) else [held] if isinstance(held, dict) else []
            if name == "conversations" or not rows:
                continue
            shown = tuple(row for one in rows if (row := tuple(self.facts(one, named=name in NAMED_BY_ID))))
            if shown:
                yield FilePart(self.t(f"own_part.{name}"), shown)

    def facts(self, row: Mapping[str, Any], *, named: bool = False) -> Iterator[tuple[str, str]]:
        for name, value in row.items():
            if name == "words" and value is None:
                yield self.t("own_field.words"), self.t("own.words_not_kept")
                continue
            if name == "answers":
                yield from ((one["label"], one["words"]) for one in (value or {}).values())
                continue
            told = value not in (None, "", [], {}) and not isinstance(value, list | dict)
            if told and (name not in MARKS or (named and name == "id")):
                yield self.t.get(f"own_field.{name}", "own_field.other", {}), self.value(name, value, row)
            elif isinstance(value, dict) and name not in MARKS:
                yield from self.facts(value)
            elif isinstance(value, list) and name == "items":
                for item in value:
                    yield from self.facts(item, named=True)

    def value(self, name: str, value: Any, row: Mapping[str, Any]) -> str:
        if isinstance(value, bool):
            return self.t("own.yes" if value else "own.no")
        if name in AMOUNTS and isinstance(value, int):
            currency = row.get("currency") or row.get("received_currency")
            return Money(value, currency).format(self.locale) if isinstance(currency, str) else str(value)
        if name in ("term", "trial"):  # P1M, or so many days
            count, unit = (int(value[1:-1]), value[-1]) if isinstance(value, str) else (value, "D")
            span, days = UNITS[unit]
            return format_timedelta(timedelta(count * days), span, threshold=1_000, locale=self.locale)
        if isinstance(value, str) and (name.endswith("_at") or name in ("at", "from_end", "to_end", "period_end")):
            return self.pages.day_and_hour(datetime.fromisoformat(value), self.locale)
        if isinstance(value, str) and name.endswith("_on"):
            return catalogue.day(date.fromisoformat(value), self.locale)
        return self._code(name, value) if isinstance(value, str) else str(value)

    def _code(self, name: str, value: str) -> str:
        """Return a state or a kind in words; what is no code, or one that nobody knows, stays as it is."""
        if name in ("country", "locale"):
            known = Locale.parse(self.locale)
            return str((known.territories if name == "country" else known.languages).get(value, value))
        if name == "channel":
            return self.t(f"channel.{value}")
        if name == "provider" and value in TITLES:
            return TITLES[value]
        # "faq:vatin" tells of what kind it is before the colon.
        key = f"own_value.{name}_{value.partition(':')[0].replace('.', '_')}"
        return self.t(key) if self.t.has(key) else value

    def talk(self, one: Mapping[str, Any]) -> FileTalk:
        lines = tuple(
            FileLine(
                self.t.get(f"own.from_{said['from']}", "own.from_bot", {}),
                self.value("at", said["at"], {}),
                self.words(said),
                _sound(said),
            )
            for said in one["messages"]
        )
        aside = (*one["people_asked_for"], *one.get("opinions", ()), *one.get("answer_letters", ()))
        asked = tuple(fact for row in aside for fact in self.facts(row))
        return FileTalk((*self.facts(one), *asked), lines)

    def words(self, said: Mapping[str, Any]) -> str:
        """Return a line's words, below what its card showed; of what was no text, its kind."""
        if "kind" not in said:
            return _words(said)
        written = said.get("recording", {}).get("words")
        return "\n".join((self.t(f"other_kind.{known_kind(said['kind'])}"), *([written] if written else [])))


def _sound(said: Mapping[str, Any]) -> str:
    """Return the recording of a line as an address that needs nothing outside; empty without one."""
    found = said.get("recording")
    return f"data:{found['media_type']};base64,{found['audio']}" if found is not None else ""


def _words(said: Mapping[str, Any]) -> str:
    """Return a line's words, below what its card showed."""
    if (shown := said.get("card")) is None:
        return said["text"]
    rows = tuple(CardRow("", row["label"], row["value"]) for row in shown["rows"])
    return with_card(Card("", "", shown["title"], rows, shown["total"], shown["state"]), said["text"])
