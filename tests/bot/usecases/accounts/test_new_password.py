"""A new password: every rule that may refuse it is told before, and what is refused is named."""

import pytest

from bot.profile import load
from bot.usecases.accounts.passwords import criteria, reasons
from bot.web.page_texts import words
from tests.architecture.rooms import ROOT
from tests.table import table
from values.password import DEFAULT, PasswordRule

VECTRA = load(ROOT / "profiles/vectra").seller.password
CONTEXT = ("Vectra", "anna.nowak@example.com", "+48512000111")


def told(typed: str) -> list[str]:
    """Why Vectra refuses it, in Polish."""
    pl = words("pl")
    return [pl(f"reasons.{said.key}", **said.values) for said in reasons(typed, VECTRA, CONTEXT)]


def test_a_forbidden_space_is_called_a_space() -> None:
    assert told("Haslo 1234") == ["W haśle jest spacja, a tu nie można jej użyć."]
    assert told("Haslo 12~34") == [
        "W haśle jest znak, którego tu nie można użyć: ~",
        "W haśle jest spacja, a tu nie można jej użyć.",
    ]


@table(("typed", "reason"), [
    ("Krotk1a", "potrzeba co najmniej 8"),
    ("A1" + "b" * 31, "do 32"),
    ("malelitery77", "wielkiej litery"),
    ("WIELKIELITERY77", "małej litery"),
    ("BezZadnejCyfry", "cyfry"),
    ("Zielony7Parasol€", "€"),
])  # fmt: skip
def test_the_published_rule_refuses(typed: str, reason: str) -> None:
    assert any(reason in said for said in told(typed))


@table("typed", ["Zielon7!", r"""A1a!@#$%^&*(){}[]\:";'<>?,./-_=+""", "Zielony7" + "Parasol9" * 3])
def test_the_published_rule_allows(typed: str) -> None:
    assert told(typed) == []


@pytest.mark.parametrize("rule", [VECTRA, DEFAULT], ids=["vectra", "default"])
def test_every_reason_stands_among_the_criteria(rule: PasswordRule) -> None:
    shown = {said.key for said in criteria(rule)}
    before = {"too_short": "min_length", "too_long": "max_length", "space": "allowed", "not_allowed": "allowed"}
    before |= {"no_upper": "upper", "no_lower": "lower", "no_digit": "digit", "common": "not_guessable"}
    before |= {"context": "not_guessable"}
    for typed in ("a", "x" * 200, "haslo haslo~", "HASLO", "password123456", "annanowak", "Vectra12"):
        for said in reasons(typed, rule, CONTEXT):
            assert before[said.key] in shown, (typed, said.key)


@table("locale", ["pl", "it", "en"])
def test_a_criterion_and_a_reason_have_words_in_every_language(locale: str) -> None:
    spoken = words(locale)
    for rule in (VECTRA, DEFAULT):
        assert all(spoken.has(f"criteria.{said.key}") for said in criteria(rule))
    assert "7" in spoken("reasons.too_short", length=7, n=12)
