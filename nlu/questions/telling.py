"""The telling words of a question, and the share of them that a subject knows.

An intent is no answer: a question about something else has words of its own, which nothing that is said about the
intent's subject has. A word tells the more, the rarer the training has met it; one that it never met tells most.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path

from nlu.corrections.correction_words import load_corrections
from nlu.corrections.sentences import fold_letters
from nlu.intents.classifier import UNMET
from nlu.languages.language import Languages
from nlu.phrase_lines import word_set
from nlu.questions.faq import STOP, stems
from nlu.questions.side_questions import words_of
from values.locale import SHIPPED

_PHRASES = Path(__file__).parents[1] / "phrases"
_TELLS_NOTHING, _TELLS_ALL = 3.0, 7.0
_LEAST, _TELLS = 0.3, 0.75
_SMALL = word_set("telling", "small")
"""Stems that tell nothing beside a question, however rarely the training has met them."""
_LONGEST = 400
_ALSO = {
    "ask_renewal": ("renewal_on", "renewal_off"),
    "ask_price": ("order_addon", "choose_plan"),
    "ask_leaving": ("cancel_subscription", "renewal_off"),
}
"""The subject of a question is named by the wish for it, too."""


@lru_cache(maxsize=4)
def weigh_words(text: str, langs: Languages) -> Mapping[str, float]:
    """Return the stems of a text's telling words, each with its weight, 0…1."""
    rarity = next((lang.classifier().rarity for lang in langs if lang.classifier is not None), None)
    return {stem: weight(rarity(word) if rarity is not None else UNMET) for word, stem in stems(text[:_LONGEST], STOP)}


def weight(rarity: float) -> float:
    """Return how much a word of this rarity tells."""
    return max(_LEAST, min(1.0, (rarity - _TELLS_NOTHING) / (_TELLS_ALL - _TELLS_NOTHING)))


def share_known(text: str, subject: str, langs: Languages) -> float:
    """Return the share of a text's telling words that are said of a subject: an intent, or `ask_` and a side question.

    1 where the text has none.
    """
    if langs[0].classifier is None:  # a language that a seller brings: its words stand in no phrase of ours
        return 1.0
    weights, known = weigh_words(text, langs), _vocabulary(subject)
    total = sum(weights.values())
    return sum(weight for stem, weight in weights.items() if stem in known) / total if total else 1.0


def words_of_its_own(text: str, subject: str, langs: Languages) -> int:
    """Return how many telling words of a text are neither said of a subject nor the names of answers.

    "Why do you want my phone?" is about the open step, "do I have to print them?" is about printing.
    """
    if langs[0].classifier is None:
        return 0
    named = _names_of_answers().sub(" ", fold_letters(text[:_LONGEST]))
    known = _vocabulary(subject) | _SMALL
    return sum(weight >= _TELLS and stem not in known for stem, weight in weigh_words(named, langs).items())


@cache
def _names_of_answers() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(f'(?:{pattern})' for _, pattern in load_corrections().nouns)})\b")


@cache
def _vocabulary(subject: str) -> frozenset[str]:
    """Return the stems that are said of a subject in the shipped languages."""
    names = (subject, *_ALSO.get(subject, ()))
    own = (phrase for code in SHIPPED for name in names for phrase in _phrases(code).get(name, ()))
    return frozenset(stem for line in (*own, *words_of(subject.removeprefix("ask_"))) for _, stem in stems(line, STOP))


@cache
def _phrases(code: str) -> Mapping[str, Iterable[str]]:
    raw = tomllib.loads((_PHRASES / f"{code}.toml").read_text(encoding="utf-8"))
    return {name: tuple(table.get("phrases", ())) for name, table in raw.items() if isinstance(table, dict)}
