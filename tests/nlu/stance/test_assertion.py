"""The property *assertion*: an act takes effect where the customer asks for it, of themselves, now."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import pytest

from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, order_langs
from nlu.understand import understand
from tests.kit.rows import phrases_of
from tests.nightly import portion
from tests.nlu.stance.acts import ACTS, WHO, Act, frames
from values.expected import Expected
from values.meaning import Answer, Correction, Expects

LANGUAGES = ("pl", "it", "en")
LEAST = 500


def of_acts() -> list[tuple[Act, str]]:
    return [(act, lang) for act in ACTS for lang in LANGUAGES]


@pytest.mark.parametrize(("act", "lang"), of_acts(), ids=lambda one: one if isinstance(one, str) else one.name)
def test_what_is_not_asserted_has_no_effect(act: Act, lang: str) -> None:
    sentences = dict.fromkeys(frames(act, lang))
    assert len(sentences) >= LEAST
    assert [text for text in portion(sentences, 4) if act.took(understand(text, act.at, locale=lang))] == []


@pytest.mark.parametrize(("act", "lang"), of_acts(), ids=lambda one: one if isinstance(one, str) else one.name)
def test_the_plain_forms_all_take_effect(act: Act, lang: str) -> None:
    assert [text for text in act.forms("plain", lang) if not act.took(understand(text, act.at, locale=lang))] == []


@dataclass(frozen=True)
class Value:
    """A value that is sent to, or asked after in a register: how it is typed, what it is called, where it is asked."""

    name: str
    at: Expected
    typed: tuple[str, ...]
    called: dict[str, tuple[str, ...]]


VALUES = (
    Value(
        "phone",
        Expected(Expects.phone, "phone", home="PL"),
        ("600700800", "+48 600 700 800", "600 700 800", "600-700-800", "600700801", "(600) 700 800"),
        {
            "pl": ("numer", "telefon", "numer telefonu"),
            "it": ("numero", "telefono", "cellulare"),
            "en": ("number", "phone", "phone number"),
        },
    ),
    Value(
        "nip",
        Expected(Expects.tax_number, "tax_number", home="PL"),
        ("9876543210", "987-654-32-10", "987 654 32 10", "PL9876543210", "1234563218", "123-456-32-18"),
        {
            "pl": ("NIP", "numer NIP", "nip firmy"),
            "it": ("NIP", "numero NIP", "partita iva"),
            "en": ("NIP", "NIP number", "tax number"),
        },
    ),
    Value(
        "e-mail",
        Expected(Expects.email, "email"),
        (
            "jan.nowak@example.com",
            "jan@example.com",
            "JAN@example.com",
            "j.nowak@sklep.example.com",
            "biuro@example.com",
            "anna_k@example.org",
        ),
        {
            "pl": ("mail", "e-mail", "adres e-mail"),
            "it": ("mail", "e-mail", "indirizzo e-mail"),
            "en": ("mail", "e-mail", "e-mail address"),
        },
    ),
)
GIVEN = phrases_of(__file__, "GIVEN")
REFUSED = phrases_of(__file__, "REFUSED")
ANOTHERS = phrases_of(__file__, "ANOTHERS")


def filled(value: Value, lang: str, forms: Sequence[str]) -> list[str]:
    texts = (
        form.format(v=typed, n=called, who=who)
        for form, typed, called, who in product(forms, value.typed, value.called[lang], WHO[lang])
    )
    return list(dict.fromkeys(texts))


def taken(text: str, value: Value, lang: str) -> bool:
    """Return whether a value is read as an answer, as a correction, or kept as a fact."""
    meant = understand(text, value.at, locale=lang)
    given = isinstance(meant, Answer) or (isinstance(meant, Correction) and meant.text is not None)
    return given or bool(find_facts(text, value.at, order_langs(KNOWN, lang)))


def of_values() -> list[tuple[Value, str]]:
    return [(value, lang) for value in VALUES for lang in LANGUAGES]


@pytest.mark.parametrize(("value", "lang"), of_values(), ids=lambda one: one if isinstance(one, str) else one.name)
def test_no_value_that_is_refused_old_or_anothers_is_taken(value: Value, lang: str) -> None:
    texts = filled(value, lang, REFUSED[lang]) + filled(value, lang, ANOTHERS[lang])
    assert len(texts) >= LEAST
    assert [text for text in portion(texts, 4) if taken(text, value, lang)] == []


@pytest.mark.parametrize(("value", "lang"), of_values(), ids=lambda one: one if isinstance(one, str) else one.name)
def test_a_value_that_is_given_is_taken(value: Value, lang: str) -> None:
    assert [text for text in filled(value, lang, GIVEN[lang]) if not taken(text, value, lang)] == []
