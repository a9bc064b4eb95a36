"""Field types of a profile's tables: ids, prices, languages, countries, currencies; unknown names are mistakes."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Generic, TypeVar, get_args, get_type_hints

from babel.numbers import is_currency
from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo, fields
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, create_model

from bot.profile.problems import WrongProfile
from nlu.intents.cues import compile_cue
from services.late_model import LateModel
from values.country import RULES
from values.locale import parse_locale
from values.look import is_colour
from values.money import Money
from values.term import A_YEAR, MONTHS_A_YEAR, Term, months_of, read_term

T = TypeVar("T", bound=Struct)


def require_form(pattern: str, how: str) -> AfterValidator:
    """Return a validator that takes only texts matching `pattern`; `how` describes the form."""
    form = re.compile(pattern)

    def checked(value: str) -> str:
        if not form.fullmatch(value):
            raise WrongProfile(f"“{value[:40]}” isn’t written right", f"Write {how}.")
        return value

    return AfterValidator(checked)


Id = Annotated[str, require_form(r"[a-z][a-z0-9_]{0,31}", "small letters, digits and _, a letter first, 32 at most")]


def _cue(text: str) -> str:
    compile_cue(text)
    return text


CueText = Annotated[str, AfterValidator(_cue)]


class StrictTable(LateModel):
    """A table in which unknown names are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TableOf(StrictTable, Generic[T]):
    """A table of which a struct of rules is made."""

    rules: ClassVar[type[Any]]

    def build(self) -> T:
        """Return the struct."""
        return self.rules(**self.model_dump())


def table_of(rules: type[T], *, without: str = "") -> type[TableOf[T]]:
    """Return the strict table of a struct of rules: a field for each of its own, `without` one built otherwise."""
    hints, own = get_type_hints(rules, include_extras=True), (one for one in fields(rules) if one.name != without)
    table: dict[str, Any] = {one.name: (hints[one.name], _field(one, hints[one.name])) for one in own}
    made = create_model(rules.__name__, __base__=TableOf, **table)
    made.rules = rules
    return made


def _field(of: FieldInfo, hint: Any) -> Any:
    """Return pydantic's field for a struct's, with the bounds of its number or its text."""
    meta = next((one for one in get_args(hint) if isinstance(one, Meta)), Meta())
    bounds: dict[str, Any] = {name: getattr(meta, name) for name in ("ge", "le", "min_length", "max_length")}
    if of.default_factory is not NODEFAULT:
        return Field(default_factory=of.default_factory, **bounds)
    return Field(default=... if of.default is NODEFAULT else of.default, **bounds)


Url = Annotated[str, require_form(r"https?://[^\s/]+(/\S*)?", "an address that begins with https://")]
Origin = Annotated[
    str,
    require_form(
        r"https?://[^\s/]+", "https://, the host, no path and no / at the end, such as https://www.example.com"
    ),
]
Email = Annotated[str, require_form(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address, such as help@example.com")]
Sender = Annotated[
    str,
    require_form(
        r"([^<>@]*<[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+>|[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+)",
        "an e-mail address, or a name with it: Name <desk@example.com>",
    ),
]


def _colour(value: str) -> str:
    if not is_colour(value):
        raise WrongProfile(f"“{value}” is no colour", "Write it as #rrggbb.")
    return value


Colour = Annotated[str, AfterValidator(_colour)]
LogoName = Annotated[
    str, require_form(r"[\w-][\w.-]*\.svg", "the name of an SVG in the profile's folder, such as logo.svg")
]


def _net(value: Decimal) -> Decimal:
    if value <= 0 or value != value.quantize(Decimal("0.01")):
        raise WrongProfile("a price is above zero and has at most two places", "Write it like “299.00”.")
    return value


Net = Annotated[Decimal, AfterValidator(_net)]


def _term(value: str) -> Term:
    try:
        return read_term(value) if value else A_YEAR  # a price alone has no name
    except ValueError as error:
        raise WrongProfile(f"“{value[:40]}” is no term: {error}", "Write it like “3 months” or “1 year”.") from None


TermText = Annotated[str, AfterValidator(_term)]


def _by_term(value: object) -> object:
    return value if isinstance(value, dict) else {"": value}


Nets = Annotated[dict[TermText, Net], BeforeValidator(_by_term), Field(min_length=1)]
"""A price for each of several terms; alone it is that of one year."""


def build_prices(nets: Mapping[str, Decimal], currency: str) -> dict[str, Any]:
    """Return prices as the offer has them: each term's own, and that of a year, which others may follow."""
    own = tuple((Term(term), minor(net, currency)) for term, net in nets.items())
    longest_priced, net = max(own, key=lambda one: months_of(one[0]))
    yearly = dict(own).get(A_YEAR, net * MONTHS_A_YEAR // months_of(longest_priced))
    return {"net": yearly, "nets": own if len(own) > 1 or A_YEAR not in nets else ()}


def minor(net: Decimal, currency: str) -> int:
    unit = Money(1, currency).decimal
    return int(net / unit)


def _language(code: str) -> str:
    if parse_locale(code) != code:
        raise WrongProfile(f"“{code}” is no language", "Write its ISO 639 code in small letters, such as de.")
    return code


def _country(code: str) -> str:
    if code not in RULES:
        raise WrongProfile(f"the rules of “{code}” aren’t known", f"Write one of {', '.join(sorted(RULES))}.")
    return code


def _currency(code: str) -> str:
    if not is_currency(code):
        raise WrongProfile(f"“{code}” is no currency", "Write its ISO 4217 code, such as EUR.")
    return code


LocaleCode = Annotated[str, AfterValidator(_language)]
CountryCode = Annotated[str, AfterValidator(_country)]
CurrencyCode = Annotated[str, AfterValidator(_currency)]


def _dialled(code: int | str) -> int | str:
    if code != EEA and not (isinstance(code, int) and 1 <= code <= 999):
        raise WrongProfile(f"“{code}” is no calling code", f'Write a number such as 48, or "{EEA}".')
    return code


EEA = "EEA"
"""All calling codes of the European Economic Area."""
Dialled = Annotated[int | str, AfterValidator(_dialled)]
