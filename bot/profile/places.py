"""Languages, countries and currencies as a profile names them: any that the desk's own data know."""

from typing import Annotated

from babel.numbers import is_currency
from pydantic import AfterValidator

from bot.profile.problems import WrongProfile
from values.country import RULES
from values.locale import parse_locale


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
