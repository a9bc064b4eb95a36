"""The property *assertion*: an act takes effect where the customer asks for it, of themselves, now."""

from dataclasses import dataclass
from itertools import product

import pytest

from nlu.facts.stated import find_facts
from nlu.languages.shipped import KNOWN, among
from nlu.understand import understand
from tests.nightly import portion
from tests.nlu.stance.acts import ACTS, WHO, Act, frames
from tests.nlu.stance.new_code import NEW_CODE
from values.meaning import Answer, Correction, Expected, Expects

LANGUAGES = ("pl", "it", "en")
LEAST = 500


def of_acts() -> list[tuple[Act, str]]:
    return [(act, lang) for act in (*ACTS, NEW_CODE) for lang in LANGUAGES]


@pytest.mark.parametrize(("act", "lang"), of_acts(), ids=lambda one: one if isinstance(one, str) else one.name)
def test_what_is_not_asserted_has_no_effect(act: Act, lang: str) -> None:
    sentences = dict.fromkeys(frames(act, lang))
    assert len(sentences) >= LEAST
    assert [text for text in portion(sentences, 4) if act.took(understand(text, act.at, locale=lang))] == []


@pytest.mark.parametrize(("act", "lang"), of_acts(), ids=lambda one: one if isinstance(one, str) else one.name)
def test_the_plain_forms_all_take_effect(act: Act, lang: str) -> None:
    assert [text for text in act.plain[lang] if not act.took(understand(text, act.at, locale=lang))] == []


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
GIVEN = {
    "pl": ("{v}", "{n} to {v}", "mój {n} to {v}", "podaję {n}: {v}", "proszę, {v}", "tak, {v}", "nowy {n}: {v}"),
    "it": ("{v}", "{n}: {v}", "il mio {n} è {v}", "ecco: {v}", "sì, {v}", "uso {v}", "il mio nuovo {n} è {v}"),
    "en": ("{v}", "{n}: {v}", "my {n} is {v}", "here: {v}", "yes, {v}", "use {v}", "my new {n} is {v}"),
}
REFUSED = {
    "pl": (
        "nie używajcie {v}",
        "to nie mój {n} {v}",
        "proszę nie pisać na {v}",
        "nie podaję {v}",
        "nie {v}",
        "nie chcę {v}",
        "nigdy {v}",
        "{v} to nie mój {n}",
        "mój stary {n} to {v}",
        "poprzedni {n} to {v}",
        "mój {n} był {v}",
        "miałem {n} {v}",
        "dawny {n} {v}",
        "nieaktualny {n}: {v}",
        "kiedyś miałem {v}",
        "stary {n} to {v}, nowy zaraz podam",
        "czy {v} jest dobry?",
        "czy to {v}?",
        "dlaczego {v}?",
        "gdybym miał {v}",
        "gdyby to był {v}",
        "jeśli podam {v}",
        "o ile to {v}",
        "jeżeli to {v}",
        "jego {n} to {v}",
        "jej {n} to {v}",
        "{v} należy do kogo innego",
        "to cudzy {n} {v}",
        "od jutra będę mieć {v}",
        "jutro będzie {v}",
    ),
    "it": (
        "non usate {v}",
        "non è il mio {n} {v}",
        "non scrivete a {v}",
        "non do {v}",
        "non {v}",
        "non voglio {v}",
        "mai {v}",
        "{v} non è il mio {n}",
        "il mio vecchio {n} è {v}",
        "il {n} precedente è {v}",
        "il mio vecchio {n} era {v}",
        "avevo {v}",
        "un tempo avevo {v}",
        "una volta usavo {v}",
        "in passato {v}",
        "il vecchio {n} è {v}, quello nuovo arriva",
        "perché {v}?",
        "posso usare {v}?",
        "come mai {v}?",
        "se avessi {v}",
        "se fosse {v}",
        "se do {v}",
        "qualora fosse {v}",
        "a patto che sia {v}",
        "{v} è di mia moglie",
        "{v} appartiene a un altro",
        "è di qualcun altro {v}",
        "lui usa {v}",
        "domani sarà {v}",
        "domani avrò {v}",
    ),
    "en": (
        "don't use {v}",
        "it's not my {n} {v}",
        "please don't write to {v}",
        "I won't give {v}",
        "not {v}",
        "I don't want {v}",
        "never {v}",
        "{v} isn't my {n}",
        "my old {n} is {v}",
        "my previous {n} is {v}",
        "my {n} was {v} in the past",
        "I had {v}",
        "my former {n}: {v}",
        "I used to have {v}",
        "my old {n} was {v}, I'll send the new one",
        "last year it was {v}",
        "is {v} ok?",
        "why {v}?",
        "can I use {v}?",
        "if I had {v}",
        "if it were {v}",
        "unless it's {v}",
        "suppose it's {v}",
        "what if it's {v}?",
        "his {n} is {v}",
        "her {n} is {v}",
        "{v} belongs to someone else",
        "{v} is my wife's",
        "tomorrow it will be {v}",
        "next week I'll have {v}",
    ),
}
ANOTHERS = {
    "pl": ("{who} ma {n} {v}", "{who} ma {v}, ja jeszcze nie wiem", "{n}: {who} ma {v}"),
    "it": ("{who} ha {v}", "{who} ha il {n} {v}, io non lo so ancora", "{n}: {who} ha {v}"),
    "en": ("{who} has {v}", "{who} has the {n} {v}, I don't know mine yet", "{who} uses {v}"),
}


def filled(value: Value, lang: str, forms: tuple[str, ...]) -> list[str]:
    texts = (
        form.format(v=typed, n=called, who=who)
        for form, typed, called, who in product(forms, value.typed, value.called[lang], WHO[lang])
    )
    return list(dict.fromkeys(texts))


def taken(text: str, value: Value, lang: str) -> bool:
    """Return whether a value is read as an answer, as a correction, or kept as a fact."""
    meant = understand(text, value.at, locale=lang)
    given = isinstance(meant, Answer) or (isinstance(meant, Correction) and meant.text is not None)
    return given or bool(find_facts(text, value.at, among(KNOWN, lang)))


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
