"""Six hundred sentences a language at the questions that bind: what gives the act is taken, what doesn't never is.

They were written by somebody who hadn't seen the word lists (`tests/nlu/binding/*.tsv`: act, gives or not, kind, text)
and have since been read to learn what was missing. How well the words serve people who haven't been heard yet is told
by the fresh sentences (`fresh_*.tsv`), which nobody extends a word list by.
"""

from dataclasses import dataclass
from functools import cache

from dialogs.einvoice import OFF
from tests.architecture.rooms import ROOT
from tests.bot.conversation.test_words_that_bind import SELLERS, binds, steps, understood
from tests.journeys.teller import hearing, profile
from tests.nightly import portion
from tests.table import table
from values.expected import Expected, OptionWords
from values.meaning import BindingAct, Expects, Press, Refusal

LOCALES = ("pl", "it", "en")
STEPS = {"terms": "terms", "clauses": "clauses", "order": "pay", "einvoices": "einvoice", "renewal": "auto_renewal"}
WITHDRAWAL = "withdrawal"
"""No step asks for it alone: the desk shows a button, whose words stand in this one."""
TAKEN = {"pl": 0.97, "it": 0.95, "en": 0.95}
FRESH = {"pl": 0.75, "it": 0.73, "en": 0.66}
REFUSALS = {"pl": 0.8, "it": 0.8, "en": 0.85}
CORRECTABLE = {"method": Expects.choice, "email": Expects.email}


@dataclass(frozen=True)
class Sentence:
    act: str
    gives: bool
    kind: str
    text: str


@cache
def sentences(file: str) -> tuple[Sentence, ...]:
    lines = (ROOT / f"tests/nlu/binding/{file}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return tuple(Sentence(act, gives == "gives", kind, text) for act, gives, kind, text in rows)


@cache
def asked(seller: str, act: str) -> Expected | None:
    """The step whose own question is about an act, None where a seller asks nothing of the kind."""
    if act == WITHDRAWAL:
        button = OptionWords("withdraw:yes", hearing(seller).renderer.titles(OFF), BindingAct.withdraw)
        return Expected(Expects.choice, "withdraw", (button,), correctable=CORRECTABLE)
    codes = tuple(discount.code for discount in profile(seller).seller.discounts)
    options = next((options for name, options in steps(seller) if name == STEPS[act]), None)
    if options is None:
        return None
    return Expected(Expects.choice, STEPS[act], options, correctable=CORRECTABLE, discount_codes=codes)


def taken(sentence: Sentence, locale: str, seller: str = "fakturasmart", at: str = "") -> bool:
    expected = asked(seller, at or sentence.act)
    return expected is not None and binds(understood(seller, locale, sentence.text, expected), expected)


def share_taken(locale: str, written: tuple[Sentence, ...]) -> float:
    """Return how many of those that give an act are taken; one with a slip in it is asked again."""
    given = [s for s in written if s.gives and s.kind != "typo"]
    return sum(taken(s, locale) for s in given) / len(given)


@table("locale", LOCALES)
def test_each_language_has_three_hundred_sentences_of_either_kind(locale: str) -> None:
    given = sum(s.gives for s in sentences(locale))
    assert given >= 300
    assert len(sentences(locale)) - given >= 300
    assert {s.act for s in sentences(locale)} == {*STEPS, WITHDRAWAL}


@table("locale", LOCALES)
def test_no_sentence_that_withholds_an_act_gives_it_at_any_seller(locale: str) -> None:
    for seller in (seller for seller in SELLERS if locale in profile(seller).seller.locales):
        written = sentences(locale) + sentences(f"fresh_{locale}")
        assert [s.text for s in portion(written, 4) if not s.gives and taken(s, locale, seller)] == [], (seller, locale)


@table("locale", LOCALES)
def test_no_sentence_that_withholds_one_act_gives_another(locale: str) -> None:
    kept = [s for s in sentences(locale) if not s.gives and s.kind != "bare_yes"]  # a yes is an answer elsewhere
    assert [(act, s.text) for s in portion(kept, 4) for act in STEPS if taken(s, locale, at=act)] == []


def test_near_misses_of_the_words_give_nothing() -> None:
    """Other persons and tenses, questions without a mark, bargains, the act's verb in somebody else's mouth."""
    lines = (ROOT / "tests/nlu/binding/near_misses.tsv").read_text(encoding="utf-8").splitlines()
    near = [Sentence(locale, False, "near", text) for locale, text in (line.split("\t") for line in lines)]
    assert [(act, s.text) for s in portion(near, 4) for act in STEPS if taken(s, s.act, at=act)] == []


@table("locale", LOCALES)
def test_sentences_that_give_an_act_are_taken(locale: str) -> None:
    assert share_taken(locale, sentences(locale)) >= TAKEN[locale]
    assert share_taken(locale, sentences(f"fresh_{locale}")) >= FRESH[locale]


@table("locale", LOCALES)
def test_refusals_are_read_as_such(locale: str) -> None:
    refused = [s for s in sentences(locale) if s.kind == "refusal"]
    read = 0
    for sentence in refused:
        expected = asked("fakturasmart", sentence.act)
        assert expected is not None
        meaning = understood("fakturasmart", locale, sentence.text, expected)
        past = isinstance(meaning, Press) and not binds(meaning, expected)
        read += past or isinstance(meaning, Refusal)
    assert read / len(refused) >= REFUSALS[locale]
