"""Sample answers of one kind: for property tests, the dialog walker and simulated customers."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from values.country import RULES, CountryRules

GARBAGE = (
    "",
    " ",
    "🙂🙃",
    "asdfghjkl",
    "'; DROP TABLE customers; --",
    "<script>alert(1)</script>",
    "\u202eabc\u202c",
    "\ud800",
    "\x00\x07",
    "{password}",
    "=SUM(A1:A9)",
    "²³½①",
    "A\u0301\u0301\u0301" * 20,
)


class Specimens(Struct, frozen=True):
    """Answers of one kind.

    `valid` are taken by the step's parser; `invalid` look like an attempt and are refused; `foreign` answer something
    else (another slot, another country, a question); `garbage` means nothing at all.
    """

    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    garbage: tuple[str, ...] = GARBAGE


def fix_samples(
    valid: tuple[str, ...] = (), invalid: tuple[str, ...] = (), foreign: tuple[str, ...] = ()
) -> Callable[[str], Specimens]:
    """Return the samples of a kind that are the same in every country."""
    found = Specimens(valid, invalid, foreign)
    return lambda _country: found


def by_country(
    known: Mapping[str, Specimens], otherwise: Callable[[CountryRules, str], Specimens]
) -> Callable[[str], Specimens]:
    """Return the samples of a kind whose form is a country's: `known` ones, others by its rules, else Poland's."""

    def found(country: str) -> Specimens:
        rules = RULES.get(country)
        return known.get(country) or (otherwise(rules, country) if rules is not None else known["PL"])

    return found


TOO_LONG = "ż" * 9000
QUESTIONS = {"pl": "Ile to kosztuje?", "it": "Quanto costa?", "en": "How much is it?"}
