"""Field types of a profile's tables: ids, prices, languages, countries, currencies; unknown names are mistakes."""

import re
from decimal import Decimal
from typing import Annotated, Any, get_args, get_type_hints

from babel.numbers import is_currency
from msgspec import Meta
from msgspec.structs import fields
from pydantic import AfterValidator, ConfigDict, Field, create_model

from bot.profile.problems import WrongProfile
from nlu.intents.cues import compile_cue
from services.late_model import LateModel
from values.country import RULES
from values.locale import parse_locale
from values.money import Money


def written(pattern: str, how: str) -> AfterValidator:
    """Return a validator that takes only texts matching `pattern`; `how` describes the form."""
    form = re.compile(pattern)

    def checked(value: str) -> str:
        if not form.fullmatch(value):
            raise WrongProfile(f"“{value[:40]}” isn’t written right", f"Write {how}.")
        return value

    return AfterValidator(checked)


Id = Annotated[str, written(r"[a-z][a-z0-9_]{0,31}", "small letters, digits and _, a letter first, 32 at most")]


def _cue(text: str) -> str:
    compile_cue(text)
    return text


CueText = Annotated[str, AfterValidator(_cue)]


class StrictTable(LateModel):
    """A table in which unknown names are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def table_of(rules: type[Any], *, without: str = "") -> type[StrictTable]:
    """Return the strict table of a struct of rules: a field for each of its own, `without` one built otherwise."""
    hints, bounded = get_type_hints(rules), get_type_hints(rules, include_extras=True)
    own = (one for one in fields(rules) if one.name != without)
    table: dict[str, Any] = {one.name: (hints[one.name], _field(one.default, bounded[one.name])) for one in own}
    return create_model(rules.__name__, __base__=StrictTable, **table)


def _field(default: Any, hint: Any) -> Any:
    """Return pydantic's field for a struct's, with the bounds of its number."""
    meta = next((one for one in get_args(hint) if isinstance(one, Meta)), Meta())
    return Field(default=default, ge=meta.ge, le=meta.le)


def _net(value: Decimal) -> Decimal:
    if value <= 0 or value != value.quantize(Decimal("0.01")):
        raise WrongProfile("a price is above zero and has at most two places", "Write it like “299.00”.")
    return value


Net = Annotated[Decimal, AfterValidator(_net)]


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
