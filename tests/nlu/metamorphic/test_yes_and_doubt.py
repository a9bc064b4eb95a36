"""Each accepted yes beside what makes it none or a doubtful one: nothing binds; beside a courtesy it still does."""

from collections.abc import Iterator
from itertools import product

import pytest

from nlu.binding import is_lazy
from tests.kit.rows import phrases_of
from tests.nlu.metamorphic.relation import LANGUAGES, held
from tests.nlu.metamorphic.yeses import ACTS, accepted, binds, combined, is_parted
from values.locale import Locale

DOUBTS = phrases_of(__file__, "DOUBTS")
COURTESIES = {
    "pl": ("{yes}, proszę", "proszę, {yes}", "{yes}, dziękuję", "dzień dobry, {yes}"),
    "it": ("{yes}, per favore", "per favore, {yes}", "{yes}, grazie", "buongiorno, {yes}"),
    "en": ("{yes}, please", "please, {yes}", "{yes}, thanks", "hello, {yes}"),
}
THANKS = ("dziękuję", "grazie", "thanks")
SOME, MANY = 211, 11
"""Of the combinations each so-manieth is tried by day and by night: primes, so that every frame has its turn."""
KNOWN_SILENT: dict[tuple[str, str], frozenset[str]] = {
    # "Please" is the first half of another phrase there ("please do"), which leaves over what the word was to be.
    ("renewal", "en"): frozenset(
        f"please, {yes}"
        for yes in (
            *("continue going every year", "do continue", "do extend"),
            *("take it", "take it fee", "take it money", "take it payment"),
        )
    ),
}  # fmt: skip
CASES = [(act, lang) for act, lang in product(ACTS, LANGUAGES)]


def doubtful(act: str, lang: str) -> list[str]:
    return [*combined(accepted(act, Locale(lang)), DOUBTS[lang])]


@pytest.mark.parametrize(("act", "lang"), CASES)
def test_no_accepted_word_binds_beside_a_doubt(act: str, lang: str) -> None:
    held(text for text in doubtful(act, lang)[::SOME] if binds(text, act, lang))


@pytest.mark.nightly
@pytest.mark.parametrize(("act", "lang"), CASES)
def test_none_of_many_accepted_words_binds_beside_a_doubt(act: str, lang: str) -> None:
    held(text for text in doubtful(act, lang)[::MANY] if binds(text, act, lang))


def courteous(act: str, lang: str, share: int) -> Iterator[tuple[str, str]]:
    """Accepted words with a courtesy, and without; those in a row alone, as halves of others may pair with it."""
    words = [yes for yes in accepted(act, Locale(lang)) if not is_parted(yes, act, Locale(lang))]
    for at, (yes, courtesy) in enumerate(product(words, COURTESIES[lang])):
        thanks = courtesy.endswith(THANKS)
        if at % share == 0 and not (thanks and is_lazy(yes.split())):
            yield yes, courtesy.format(yes=yes)


def unbound(act: str, lang: str, share: int) -> Iterator[str]:
    for bare, polite in courteous(act, lang, share):
        if not binds(polite, act, lang) and binds(bare, act, lang):
            yield polite


GIVING = [(act, lang) for act, lang in CASES if act != "withdrawal"]
"""Where words withdraw, "please" may well begin another wish (to cancel, to go back): that is the wish's matter."""


@pytest.mark.parametrize(("act", "lang"), GIVING)
def test_a_courtesy_leaves_an_accepted_word_as_it_is(act: str, lang: str) -> None:
    tried = {polite for _, polite in courteous(act, lang, SOME)}
    held(unbound(act, lang, SOME), KNOWN_SILENT.get((act, lang), frozenset()), tried)


@pytest.mark.nightly
@pytest.mark.parametrize(("act", "lang"), GIVING)
def test_a_courtesy_leaves_all_accepted_words_as_they_are(act: str, lang: str) -> None:
    held(unbound(act, lang, 1), KNOWN_SILENT.get((act, lang), frozenset()))


LEAST = {"order": 1.0, "terms": 0.97, "clauses": 0.97, "einvoices": 0.95, "renewal": 0.95, "withdrawal": 0.95}
"""The share of its accepted words that gives an act. The others are also something else, which comes first: fillers
("vabbè", "mhm", "niech wam będzie"), questions without a mark ("potete rinnovare"), other wishes ("let's start")."""


@pytest.mark.nightly
@pytest.mark.parametrize(("act", "lang"), CASES)
def test_nearly_all_accepted_words_bind_by_themselves(act: str, lang: str) -> None:
    words = accepted(act, Locale(lang))
    silent = [yes for yes in words if not binds(yes, act, lang)]
    assert 1 - len(silent) / len(words) >= LEAST[act], silent
