"""Each way to ask of every seller's FAQ with a foreign noun for its telling words: the same entry doesn't answer.

The words are chosen as the index weighs them (`nlu/questions/telling.py`, `nlu/questions/faq.py`): the heaviest, until
less than half of the question's weight is left. Untouched, a way to ask is answered by its own entry.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from bot.profile import FaqEntry
from nlu.languages.shipped import order_langs
from nlu.questions.faq import stems
from nlu.questions.telling import weigh_words
from nlu.tokens import Token, tokens
from nlu.understand import understand
from tests.bot.conversation.test_words_that_bind import SELLERS
from tests.journeys.teller import hearing, profile
from tests.nlu.metamorphic.relation import held
from values.expected import Expected
from values.meaning import Expects, Faq, Intent

ANYWHERE = Expected(Expects.nothing, "zone")
"""A step that asks for nothing, so that a question is nothing else."""
NOUNS = {
    "pl": ("klimatyzacja", "basen", "bilet lotniczy"),
    "it": ("condizionatore", "piscina", "biglietto aereo"),
    "en": ("air conditioning", "swimming pool", "plane ticket"),
    "de": ("Klimaanlage", "Schwimmbad", "Flugticket"),
}
REPLACED = 0.6
"""The share of a question's weight that the noun takes the place of."""
SOME = 7
"""Of the ways to ask each so-manieth is tried by day: every entry has about fourteen, so two of each."""
LEAST_BY_DAY = 0.9
LEAST = {
    "certified_platform": 0.97,
    "fakturasmart": 0.97,
    "konto_insert": 0.93,
    "kontorblatt": 0.98,
    "r2platnik": 0.98,
    "vectra": 0.98,
}
"""The share of the ways to ask that their entry answers. For the rest another answer comes first: the desk's own
questions ("who reads that?", "when do I pay?"), wishes ("I forgot my password"), a second entry as near."""
KNOWN = Path(__file__).with_name("answered_without_its_words.tsv")
"""Questions that are answered all the same: the subject's name is left (KSeF, the customer number, a program), as
common words weigh little, or the classifier is sure of the entry's intent without it."""


@dataclass(frozen=True)
class Asked:
    """A way to ask: of which seller and entry, in which language."""

    seller: str
    lang: str
    entry: FaqEntry
    text: str

    def answered(self, text: str) -> bool:
        """Return whether the entry answers a text, by its own name or as the answer to its intent."""
        heard = hearing(self.seller)
        meant = understand(text, ANYWHERE, locale=self.lang, faq=heard.faq, known=heard.known)
        return (
            meant.id if isinstance(meant, Faq) else meant.name if isinstance(meant, Intent) else ""
        ) == self.entry.id

    def foreign(self) -> str | None:
        """Return the question with a noun that its entry doesn't know; None where no word of it tells anything."""
        heaviest = self._heaviest()
        if not heaviest:
            return None
        noun, text = self._noun(), self.text
        for token in sorted(heaviest, key=lambda token: -token.start):
            text = text[: token.start] + (noun if token is heaviest[0] else "") + text[token.end :]
        return " ".join(text.split())

    def _heaviest(self) -> list[Token]:
        heard = hearing(self.seller)
        told, index = weigh_words(self.text, order_langs(heard.known, self.lang)), heard.faq._languages[self.lang]
        found: list[tuple[float, Token]] = []
        for token in tokens(self.text):
            stem = next((stem for _, stem in stems(token.word, heard.faq._stop)), "")
            if stem in told:
                found.append((index._rarities.get(stem, index._unseen) * told[stem], token))
        found.sort(key=lambda pair: -pair[0])
        left, chosen = REPLACED * sum(weight for weight, _ in found), list[Token]()
        for weight, token in found:
            if left > 0:
                chosen.append(token)
                left -= weight
        return chosen

    def _noun(self) -> str:
        # "condizionatore" is no foreign noun where "condizioni" are asked about.
        own = (*self.entry.questions, self.entry.answer, *self.entry.about)
        known = {stem for text in own for _, stem in stems(text, frozenset())}
        unknown = [noun for noun in NOUNS[self.lang] if known.isdisjoint(stem for _, stem in stems(noun, frozenset()))]
        return unknown[len(self.text) % len(unknown)]


@cache
def ways(seller: str) -> tuple[Asked, ...]:
    known = profile(seller)
    return tuple(
        Asked(seller, lang, entry, text)
        for lang in known.seller.locales
        for entry in known.faq.get(lang, ())
        for text in entry.questions
    )


def still_answered(asked: tuple[Asked, ...]) -> Iterator[str]:
    """Yield what an entry answers though its words are gone, as a line of the known ones."""
    for one in asked:
        text = one.foreign()
        if text is not None and one.answered(text):
            yield _line(one, text)


def _line(one: Asked, text: str) -> str:
    return "\t".join((one.seller, one.lang, one.entry.id, text))


def known() -> frozenset[str]:
    return frozenset(KNOWN.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("seller", SELLERS)
def test_some_questions_about_something_else_are_not_answered(seller: str) -> None:
    some = ways(seller)[::SOME]
    tried = {_line(one, text) for one in some if (text := one.foreign()) is not None}
    held(still_answered(some), known(), tried)


@pytest.mark.nightly
@pytest.mark.parametrize("seller", SELLERS)
def test_no_question_about_something_else_is_answered(seller: str) -> None:
    held(still_answered(ways(seller)), {line for line in known() if line.startswith(f"{seller}\t")})


@pytest.mark.parametrize("seller", SELLERS)
def test_some_ways_to_ask_are_answered_by_their_entry(seller: str) -> None:
    _answered_by_their_own(ways(seller)[::SOME], LEAST_BY_DAY)


@pytest.mark.nightly
@pytest.mark.parametrize("seller", SELLERS)
def test_the_ways_to_ask_are_answered_by_their_entry(seller: str) -> None:
    _answered_by_their_own(ways(seller), LEAST[seller])


def _answered_by_their_own(asked: tuple[Asked, ...], least: float) -> None:
    others = [_line(one, one.text) for one in asked if not one.answered(one.text)]
    assert 1 - len(others) / len(asked) >= least, "\n".join(others)
