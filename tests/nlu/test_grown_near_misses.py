"""Plain words that bind are taken; the same grown by a word too many, by irony or by a slip bind nobody."""

import random
import tomllib
from collections.abc import Iterator

from nlu.binding_words import vocabulary
from nlu.languages.shipped import KNOWN, order_langs
from tests.architecture.rooms import ROOT
from tests.bot.conversation.test_sentences_that_bind import LOCALES, Sentence, taken
from tests.nightly import portion
from values.parsing import fold_words

FOLDER = ROOT / "tests/nlu/binding"
GROWN = tomllib.loads((FOLDER / "grown.toml").read_text(encoding="utf-8"))
SEED, LETTERS = 20261127, "aeioukrstz"
FEWEST = 4000


def plain(locale: str) -> list[Sentence]:
    rows = (line.split("\t") for line in (FOLDER / "plain_words.tsv").read_text(encoding="utf-8").splitlines())
    return [Sentence(act, True, "plain", text) for code, act, text in rows if code == locale]


def slipped(text: str, locale: str, chance: random.Random) -> str | None:
    """Return a text with a slip in the word that binds, None where that makes another known word."""
    words = vocabulary(order_langs(KNOWN, locale))
    word = max(text.split(), key=lambda one: (words.names_an_act(fold_words(one).split()), len(one))).strip(",")
    at = chance.randrange(1, len(word) - 1) if len(word) > 3 else 0
    slips = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at] + word[at:],
        word[:at] + chance.choice(LETTERS) + word[at + 1 :],
    )
    slip = chance.choice(slips) if at else word
    return None if words.phrases.words.issuperset(fold_words(slip).split()) else text.replace(word, slip)


def grown(locale: str) -> Iterator[Sentence]:
    """Yield the plain words of a language, grown."""
    chance = random.Random(f"{SEED} {locale}")
    known = vocabulary(order_langs(KNOWN, locale))
    for said in plain(locale):
        verb = known.names_an_act(fold_words(said.text).split())
        tails = [*GROWN["irony"][locale], *(GROWN["mocking"][locale] if verb else ())]
        texts = [
            f"{said.text}{sign}{tail}" for tail in chance.sample(tails, 8) for sign in chance.sample((", ", " "), 1)
        ]
        texts += [f"{said.text} {word}" for word in chance.sample(GROWN["dangling"][locale], 2)]
        for word in chance.sample(GROWN["left_over"][locale], 3):
            words = said.text.split()
            words.insert(chance.randrange(len(words) + 1), word)
            texts.append(" ".join(words))
        texts += filter(None, (slipped(said.text, locale, chance) for _ in range(3)))
        yield from (Sentence(said.act, False, "grown", text) for text in texts)


def test_plain_words_that_grow_bind_nobody() -> None:
    every = [(locale, one) for locale in LOCALES for one in grown(locale)]
    assert len(every) >= FEWEST
    assert [(one.act, one.text) for locale, one in portion(every, 3) if taken(one, locale)] == []


def test_plain_words_are_taken() -> None:
    for locale in LOCALES:
        said = plain(locale)
        missed = [(one.act, one.text) for one in said if not taken(one, locale)]
        assert len(missed) <= len(said) * 0.05, missed
