"""The tables `[brand]`, `[vat]`, `[desk]` and `[[discount]]` of `profile.toml`, and what is wrong in them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

from pydantic import BeforeValidator, Field, field_validator, model_validator

from bot.profile.fields import Colour, Id, Net, StrictTable, minor, require_form, table_of
from bot.profile.problems import ProfileProblem, WrongProfile, line_of
from bot.profile.profile import Brand
from bot.profile.toml_reader import text_of
from values import tax_number
from values.hours import DAYS, Day, OfficeHours, Span
from values.look import READABLE, SEEN, Look, by_day, contrast, fill_with, is_colour
from values.money import UNION, VatRules
from values.offer import Addon, DiscountCode
from values.parsing import Ok
from values.rules import DeskRules

Percent = Annotated[int, Field(ge=0, le=50)]


class BrandTable(table_of(Brand)):
    """`[brand]`."""

    accent: Colour = "#f0a63a"
    header: Colour | None = None


class VatTable(StrictTable):
    """`[vat]`. `rates`: per cent by country (ISO), for consumers abroad."""

    number: str | None = None
    reverse_charge: bool = False
    rates: dict[str, Percent] = Field(default_factory=dict)

    def build(self) -> VatRules:
        return VatRules(self.number, self.reverse_charge, tuple(sorted(self.rates.items())))


def vat_problems(table: VatTable, country: str, *, vatin: bool) -> Iterator[tuple[str, str, str]]:
    """Yield contradictions: the name in the table, what is wrong, and the remedy."""
    if table.number is not None and not _is_number(table.number, country):
        what = f"{table.number} is no VAT number of {country}"
        yield "number", what, "Write it with the letters of the country in front."
    for abroad in table.rates:
        if abroad not in UNION or abroad == country:
            what = f"{abroad} is no other country of the Union"
            yield "rates", what, "Name each by its two letters; the own rate is `vat_percent`."
    told = [name for name in ("reverse_charge", "rates") if getattr(table, name)]
    if told and not vatin:
        yield told[0], "no company from abroad can be given", "Write `vatin = true` under [company]."


def _is_number(number: str, country: str) -> bool:
    read = tax_number.parse(number, tax_number.VATIN)
    return isinstance(read, Ok) and read.value == number and tax_number.country_of(number) == country


Hours = Annotated[
    str, require_form(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", "from and to, such as 08:00-16:00")
]
Vip = Annotated[str, require_form(r"[^@\s]*@[^@\s]+\.[^@\s]+", "an e-mail address, or a domain such as @firma.pl")]


class DeskTable(StrictTable):
    """`[desk]`: office hours, and which conversations need a person.

    `hours`: "08:00-16:00" by day, in the seller's time zone; a day that isn't named is closed, and without any the
    desk is always staffed. `above` in major units. `vip`: e-mail addresses, or domains: "@firma.pl".
    `mail_replies_after_minutes`: an agent's answer unread for so long is mailed; 0: never.
    `transcribe_recordings`: what customers say to an agent is also written down for the agent.
    """

    hours: dict[Day, Hours] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()
    answer_within_minutes: int = Field(default=10, ge=1, le=24 * 60)
    give_up_days: int = Field(default=7, ge=1, le=365)
    mail_replies_after_minutes: int = Field(default=3, ge=0, le=24 * 60)
    transcribe_recordings: bool = False
    above: Net | None = None
    vip: tuple[Vip, ...] = ()

    @field_validator("hours")
    @classmethod
    def _forwards(cls, value: dict[Day, Hours]) -> dict[Day, Hours]:
        for day, hours in value.items():
            begins, ends = hours.split("-")
            if begins >= ends:
                raise WrongProfile(f"on {day} the desk shuts before it opens", "Write from and to in their order.")
        return value

    def build(self, currency: str) -> DeskRules:
        return DeskRules(
            OfficeHours(self._week(), frozenset(self.holidays)),
            timedelta(minutes=self.answer_within_minutes),
            None if self.above is None else minor(self.above, currency),
            tuple(address.casefold() for address in self.vip),
            timedelta(days=self.give_up_days),
            timedelta(minutes=self.mail_replies_after_minutes) or None,
            self.transcribe_recordings,
        )

    def _week(self) -> tuple[Span | None, ...]:
        spans = {day: Span(*map(time.fromisoformat, hours.split("-"))) for day, hours in self.hours.items()}
        return tuple(map(spans.get, DAYS)) if spans else ()


Offer = Mapping[str, Decimal]
"""The prices of one year (or of one pack for a year), in major units, by the ids of plans and add-ons."""


Code = Annotated[str, require_form(r"[A-Z0-9][A-Z0-9_\-]{1,31}", "2 to 32 capital letters, digits, - and _")]


def _any(value: object) -> object:
    """Turn "any" into no limit."""
    return None if value == "any" else value


class DiscountTable(StrictTable):
    """`[[discount]]`. `amount` in major units of the net price."""

    code: Code
    percent: int | None = Field(default=None, ge=1, le=99)
    amount: Net | None = None
    expires_at: datetime | None = None
    uses: int | None = Field(default=None, ge=1)
    uses_per_customer: Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(_any)] = 1
    plans: tuple[Id, ...] = ()
    terms: int = Field(default=1, ge=1, le=120)
    over: bool = False  # past on purpose: no warning

    @field_validator("expires_at")
    @classmethod
    def _with_offset(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise WrongProfile("a moment needs its offset", "Write it like 2026-01-31T23:59:59+01:00.")
        return value

    @model_validator(mode="after")
    def _lowers_in_one_way(self) -> "DiscountTable":
        if (self.percent is None) == (self.amount is None):
            raise WrongProfile("a code lowers the price either by `percent` or by `amount`", "Write one of them.")
        return self

    def build(self, currency: str) -> DiscountCode:
        """Return the code, its amount in minor units of the currency."""
        return DiscountCode(
            self.code,
            self.percent or 0,
            self.expires_at,
            minor(self.amount, currency) if self.amount is not None else 0,
            self.uses,
            self.uses_per_customer,
            self.plans,
            self.terms,
        )


def discount_problems(
    tables: tuple[DiscountTable, ...], plans: Offer, addons: Offer
) -> Iterator[tuple[int, str, str, str]]:
    """Yield contradictions with the offer: number of the table, the name in it, what is wrong, the remedy."""
    for n, table in enumerate(tables):
        for plan in table.plans:
            if plan not in plans and plan not in addons:
                yield n, "plans", f"{table.code} is for {plan}, which isn’t sold", f"Remove {plan}, or add [[plan]]."
        # Each order has a plan: as long as something of it is left, there is something to pay.
        prices = [net for plan, net in plans.items() if not table.plans or plan in table.plans]
        if table.amount is not None and prices and table.amount >= min(prices):
            what = f"{table.code} takes off all of a price of {min(prices)}: nothing would be left to pay"
            yield n, "amount", what, "Lower `amount`, or name dearer ones in `plans`."


_SAYS_ONCE = r"jednoraz\w*|jednokrotn\w*|una tantum|\bonce\b|one[- ]?off|one[- ]?time|einmalig\w*"
_PAID_ONCE = re.compile(rf"{_SAYS_ONCE}|wdrożeni\w*|attivazione|set-?up|einrichtung\w*", re.IGNORECASE)


def addon_doubt(addon: Addon, words: Iterable[str]) -> tuple[str, str] | None:
    """Return what is odd in an add-on whose words tell that it is paid once, and the remedy."""
    found = (re.search(_SAYS_ONCE, said, re.IGNORECASE) if addon.once else _PAID_ONCE.search(said) for said in words)
    if (said := next(filter(None, found), None)) is None:
        return None
    if addon.once:
        return f"{addon.id} says “{said[0]}” itself, and the desk says it, too", "Take it out of the texts."
    return f"{addon.id} says “{said[0]}” and renews with the plan", "Write once = true, unless that is meant."


_FILL = re.compile(r"(?:fill|stroke|stop-color)\s*[=:]\s*[\"']?\s*([^\"';}\s]+)")


def look_problems(look: Look, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield colours on which nothing can be read or seen, each with the nearest one that would do."""
    day = by_day(look)
    for name, colour in (("accent", look.accent), ("header", day.lintel)):
        fit, on = fill_with(colour, day.ink)
        if contrast(colour, on) < READABLE:
            what = f"brand.{name}: no text can be read on {colour}: the contrast must reach {READABLE} : 1"
            yield ProfileProblem(path, line_of(source, ("brand", name)), what, f"The nearest that does is {fit}.")
    drawn = {*_FILL.findall(look.logo)} - {"none"}
    if drawn and all(is_colour(one) and contrast(one, day.lintel) < SEEN for one in drawn):
        what = f"brand.logo: nothing of it is seen on the bar ({day.lintel}): the contrast must reach {SEEN} : 1"
        remedy = "Change `header`, or put a ground into it."
        yield ProfileProblem(path, line_of(source, ("brand", "logo")), what, remedy)


_LARGEST_LOGO = 8192
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = frozenset(
    "svg g defs symbol use title desc style path rect circle ellipse line polyline polygon text tspan linearGradient"
    " radialGradient stop clipPath mask pattern".split()
)
"""Elements of SVG that a logo may have: none that runs, moves, loads or holds HTML."""
_ELSEWHERE = re.compile(r"url\(\s*[\"']?(?!#)|@import|javascript:", re.IGNORECASE)


def logo_of(folder: Path, name: str | None, problems: list[ProfileProblem], line: int) -> str:
    """Return the text of the brand's logo, empty where it has none or one that isn't taken."""
    if name is None:
        return ""
    path = folder / name
    if not path.is_file():
        problems.append(ProfileProblem(folder / "profile.toml", line, f"there is no {name}", "Put it there."))
    elif (size := path.stat().st_size) > _LARGEST_LOGO:
        what = f"the logo has {size} bytes, and {_LARGEST_LOGO} are the most"
        problems.append(ProfileProblem(path, 0, what, "Let SVGO make it smaller, or draw it with fewer points."))
    elif (text := text_of(path, problems)) is not None:
        if (wrong := _unsafe(text)) is None:
            return text.strip()
        problems.append(ProfileProblem(path, 0, f"the logo {wrong}", "Export it as a plain SVG without it."))
    return ""


def _unsafe(svg: str) -> str | None:
    """Return what is wrong with an SVG that all pages would show, None for one that only draws."""
    if "<!DOCTYPE" in svg or "<!ENTITY" in svg or "<?xml-stylesheet" in svg:
        return "has a document type or a style sheet"
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        return f"is no XML: {error}"
    if root.tag != f"{_SVG}svg" or "viewBox" not in root.attrib:
        return "is no SVG with a viewBox"
    return next(filter(None, map(_running, root.iter())), None)


def _running(element: ElementTree.Element) -> str | None:
    name = element.tag.removeprefix(_SVG)
    if name not in _DRAWN:
        return f"has <{name.rpartition('}')[2]}>"
    for attribute, value in element.attrib.items():
        plain = attribute.rpartition("}")[2].lower()
        if plain.startswith("on") or (plain == "href" and not value.startswith("#")) or _ELSEWHERE.search(value):
            return f"has {plain} in <{name}>"
    return "has a style that loads something" if name == "style" and _ELSEWHERE.search(element.text or "") else None
