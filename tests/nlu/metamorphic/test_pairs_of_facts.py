"""Each pair of facts, and each fact beside a wish, a question or an act, in both orders: both are heard.

Heard by the whole desk at a customer's open step: a fact is one that the message names, an answer, a correction, a
button or a code; which of these it is may differ, the value may not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations, product
from pathlib import Path

import pytest

from dialogs.kit import options_of
from tests.nlu.metamorphic.relation import LANGUAGES, Heard, customer, hear, heard, held
from values.meaning import Press

FACTS = {
    "pl": {
        "person_name": ("nazywam się Anna Nowak", "jestem Anna Nowak"),
        "email": ("mój mail to anna@example.com", "pisz na anna@example.com"),
        "phone": ("mój telefon to 512 000 321", "tel. 512 000 321"),
        "tax_number": ("NIP 1234563218", "nasz NIP to 123-456-32-18"),
        "method": ("płacę BLIK-iem", "zapłacę kartą"),
        "auto_renewal": ("bez odnawiania", "z automatycznym odnawianiem"),
        "discount_code": ("kod rabatowy START20", "mam kod START20"),
        "street": ("ulica Polna 5", "ul. Długa 12/3"),
        "town": ("kod pocztowy 80-831 Gdańsk", "kod 80-831 Gdańsk"),
        "company_name": ("firma nazywa się Zielony Las sp. z o.o.", "Bursztyn sp. z o.o."),
    },
    "it": {
        "person_name": ("mi chiamo Anna Rossi", "sono Anna Rossi"),
        "email": ("la mia mail è anna@example.com", "scrivetemi a anna@example.com"),
        "phone": ("il mio cellulare è 333 987 6543", "tel. 333 987 6543"),
        "tax_number": ("partita IVA 12345670017", "P.IVA 12345670017"),
        "method": ("pago con carta", "pago con PayPal"),
        "auto_renewal": ("senza rinnovo automatico", "con rinnovo automatico"),
        "discount_code": ("codice sconto START20", "ho il codice START20"),
        "street": ("via Roma 5", "piazza Dante 12"),
        "town": ("CAP 20121 Milano", "cap 20121 Milano"),
        "company_name": ("la ditta si chiama Bosco Verde srl", "Bosco Verde srl"),
    },
    "en": {
        "person_name": ("my name is Anna Nowak", "I'm Anna Nowak"),
        "email": ("my e-mail is anna@example.com", "write to anna@example.com"),
        "phone": ("my phone is 512 000 321", "tel. 512 000 321"),
        "tax_number": ("NIP 1234563218", "our NIP is 123-456-32-18"),
        "method": ("I pay by card", "paying with PayPal"),
        "auto_renewal": ("no automatic renewal", "with automatic renewal"),
        "discount_code": ("discount code START20", "my code is START20"),
        "street": ("ulica Polna 5", "ul. Długa 12/3"),
        "town": ("postal code 80-831 Gdańsk", "postcode 80-831 Gdańsk"),
        "company_name": ("the company is called Green Forest Ltd", "our company is Green Forest Ltd"),
    },
}
JOINTS = {"pl": (", ", " i ", " a ", "\n", ". "), "it": (", ", " e ", "\n", ". "), "en": (", ", " and ", "\n", ". ")}
STEPS = ("start", "email", "phone", "tax", "confirm", "method", "pay")
SOME = 29
"""Of the pairs each so-manieth is tried by day: a prime, so that every joint has its turn."""
KNOWN = Path(__file__).with_name("pairs_not_heard.tsv")
"""Language, step, the message with its line's end as ⏎, and what isn't heard."""


@dataclass(frozen=True)
class Pair:
    """Two facts, each with its kind, and what joins them."""

    one: tuple[str, str]
    other: tuple[str, str]
    joint: str

    @property
    def text(self) -> str:
        """The message."""
        return f"{self.one[1]}{self.joint}{self.other[1]}"

    @property
    def shown(self) -> str:
        """The message in one line."""
        return self.text.replace("\n", "⏎")


def alone(step: str, lang: str, kind: str, fact: str) -> Heard:
    """Return what a fact by itself is heard as: the values of its own kind."""
    own = ("postal_code", "city") if kind == "town" else (kind,)
    return frozenset(one for one in heard(step, lang, fact) if one[0] in own)


def pairs(lang: str) -> list[Pair]:
    """Return each two facts of different kinds in an order, told at length and in short, with all joints in turn."""
    return [
        Pair((one, FACTS[lang][one][way]), (other, FACTS[lang][other][way]), joint)
        for way, (one, other), joint in product((0, 1), permutations(FACTS[lang], 2), JOINTS[lang])
    ]


def unheard(lang: str, step: str, series: list[Pair]) -> Iterator[str]:
    """Yield the pairs of which a value isn't heard, as lines of the known ones."""
    for pair in series:
        wanted = alone(step, lang, *pair.one) | alone(step, lang, *pair.other)
        if missing := wanted - heard(step, lang, pair.text):
            lost = ", ".join(f"{kind} {value}" for kind, value in sorted(missing))
            yield "\t".join((lang, step, pair.shown, lost))


def known(lang: str, step: str) -> frozenset[str]:
    lines = KNOWN.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line.startswith(f"{lang}\t{step}\t"))


CASES: list[tuple[str, str]] = [(lang, step) for lang in LANGUAGES for step in STEPS]


@pytest.mark.parametrize(("lang", "step"), CASES)
def test_some_pairs_of_facts_are_heard_whole(lang: str, step: str) -> None:
    series = pairs(lang)[CASES.index((lang, step)) % SOME :: SOME]
    shown = {pair.shown for pair in series}
    tried = {line for line in known(lang, step) if line.split("\t")[2] in shown}
    held(unheard(lang, step, series), known(lang, step), tried)


@pytest.mark.nightly
@pytest.mark.parametrize(("lang", "step"), CASES)
def test_all_pairs_of_facts_are_heard_whole(lang: str, step: str) -> None:
    held(unheard(lang, step, pairs(lang)), known(lang, step))


@pytest.mark.parametrize(("lang", "step"), CASES)
def test_a_fact_by_itself_is_heard(lang: str, step: str) -> None:
    told = [(kind, fact) for kind, ways in FACTS[lang].items() for fact in ways]
    assert [fact for kind, fact in told if not alone(step, lang, kind, fact)] == []


WISHES = {
    "pl": {"agent": "połącz mnie z konsultantem", "trial_period": "czy jest okres próbny?", "lang": "mów po angielsku"},
    "it": {
        "agent": "fammi parlare con una persona",
        "trial_period": "c'è un periodo di prova?",
        "lang": "parliamo inglese",
    },
    "en": {"agent": "let me talk to a human", "trial_period": "is there a trial?", "lang": "let's speak Polish"},
}
ACTS = {
    "pl": {"pay:now": "zamawiam", "terms:accept": "akceptuję regulamin"},
    "it": {"pay:now": "ordino", "terms:accept": "accetto le condizioni"},
    "en": {"pay:now": "I order", "terms:accept": "I accept the terms"},
}
TOLD = {"method": ("method", "discount_code"), "pay": ("method", "discount_code")}
OF_ACTS = {"method": ("terms:accept", "pay:now"), "pay": ("pay:now",)}


def names(step: str, lang: str, text: str) -> set[str]:
    """Return what a message gives, wants and asks, by names."""
    said = heard(step, lang, text)
    called = {"talk_to_agent": "agent", "change_language": "lang"}
    return {name for kind, value in said for name in (kind, f"{kind}:{value}", called.get(value, value))}


@pytest.mark.parametrize("step", TOLD)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_fact_beside_a_wish_or_an_act_is_heard_with_it_and_binds_nobody(lang: str, step: str) -> None:
    _, here, ctx = customer(step, lang)
    binding = {option.payload for option in options_of(here, ctx) if option.binds is not None}
    broken: list[str] = []
    besides = WISHES[lang] | {act: ACTS[lang][act] for act in OF_ACTS[step]}
    told = [(kind, FACTS[lang][kind][0]) for kind in TOLD[step]]
    for (kind, one), (name, other), joint in product(told, besides.items(), JOINTS[lang]):
        joint = ", " if "?" in other else joint  # "c'è" begins statements, too: a mere "e" before it parts no question
        for text in (f"{one}{joint}{other}", f"{other}{' ' if '?' in other else joint}{one}"):
            meaning = hear(step, lang, text).meaning
            bound = isinstance(meaning, Press) and meaning.payload in binding
            broken += [f"{lang}\t{step}\t{text}"] if bound or not {kind, name} <= names(step, lang, text) else []
    held(broken)
