"""A message's intents, ranked, with a confidence that means what it says.

The shipped languages are read by one trained classifier, which knows messages that mix them; a language that a profile
brings is read by its cues and sample phrases.
"""

import math
from collections import defaultdict
from functools import lru_cache

from msgspec import Struct

from nlu.intents.cues import CueMessage
from nlu.intents.lexicon import Lexicon, features
from nlu.languages.language import Languages
from nlu.named.log_ins import LOG_INS, asks_for_log_ins, log_out_wanted
from nlu.tokens import is_question, tokens
from values.patterns import regex

OUT_OF_SCOPE = "out_of_scope"
_SURELY = 0.99
"""Of what is read by its own words, such as a log-out: to a classifier that looks like the wish to log in."""
THRESHOLD = 0.5
_STRETCHED = regex(r"([a-z])\1{2,}")
_NEAR_MISS = 0.84
_NEAR_MISS_FACTOR = 0.85
_FOREIGN = 0.9
_MOST_WORDS = 60
_SECOND_CUE = 0.35
_LIKENESS_WEIGHT = 0.9
_LIKENESS_FLOOR = 0.3
_LEAST = 0.05


class Scored(Struct, frozen=True):
    """An intent with the confidence that the message means it."""

    name: str
    confidence: float


@lru_cache(maxsize=4)  # several readers ask about one message in a row
def rank(text: str, langs: Languages) -> tuple[Scored, ...]:
    """Return the intents that the words of a text point to, best first; empty when none of them does.

    All languages are tried, since people mix them; the conversation's own (the first) counts a little more.
    """
    if not tokens(text):
        return ()
    if (leaving := log_out_wanted(text, langs)) is not None:
        return (Scored(leaving, _SURELY),)
    if asks_for_log_ins(text):
        return (Scored(LOG_INS, _SURELY),)
    best = _trained(text, langs)
    for lang in langs:
        if lang.lexicon is not None:
            factor = 1.0 if lang is langs[0] else _FOREIGN
            for name, value in _by_cues(text, lang.lexicon(), langs).items():
                best[name] = max(best.get(name, 0.0), value * factor)
    ranked = [Scored(name, round(min(value, 0.99), 3)) for name, value in best.items() if value > _LEAST]
    return tuple(sorted(ranked, key=lambda s: (-s.confidence, s.name)))


def likeliest(text: str, langs: Languages) -> Scored:
    """Return the intent that the words of a text point to most; out of scope, without confidence, where none does."""
    return next(iter(rank(text, langs)), Scored(OUT_OF_SCOPE, 0.0))


def _trained(text: str, langs: Languages) -> dict[str, float]:
    """Return what the classifier says; beside a language that it wasn't trained in, as far as it knows the words."""
    lang, classifier = next(((one, one.classifier) for one in langs if one.classifier is not None), (None, None))
    if lang is None or classifier is None:
        return {}
    trained = classifier()
    factor = 1.0 if lang is langs[0] else trained.share_known(text) * _FOREIGN
    return {
        name: value * factor for name, value in zip(trained.labels, trained.probabilities(text, lang.code), strict=True)
    }


def _by_cues(text: str, lex: Lexicon, langs: Languages) -> dict[str, float]:
    """Return what a language's cues and sample phrases say."""
    words = [_STRETCHED.sub(r"\1", t.word) for t in tokens(text)[:_MOST_WORDS]]
    message = CueMessage.of(words, is_question(text, words, langs), lex.speller.repair(words))
    scores: dict[str, float] = defaultdict(float)
    for name, cues in lex.cues.holding(message).items():
        best, second, *_ = *sorted((cue.weight for cue in cues), reverse=True), 0.0
        scores[name] = 1 - (1 - best) * (1 - second * _SECOND_CUE)
    for name, value in _likeness(message.words, lex).items():
        boost = max(0.0, value - _LIKENESS_FLOOR) / (1 - _LIKENESS_FLOOR) * _LIKENESS_WEIGHT
        scores[name] = 1 - (1 - scores[name]) * (1 - boost)
    if scores.get(OUT_OF_SCOPE, 0.0) >= _NEAR_MISS:
        return {n: v if n == OUT_OF_SCOPE else v * _NEAR_MISS_FACTOR for n, v in scores.items()}
    return scores


def _likeness(words: tuple[str, ...], lex: Lexicon) -> dict[str, float]:
    """Return the cosine of the message and the most similar phrase of each intent."""
    weights = {f: n * lex.rarity.get(f, lex.unseen * (0.0 if " " in f else 1.0)) for f, n in features(words).items()}
    norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
    dots: dict[int, float] = defaultdict(float)
    for feature, weight in weights.items():
        for index, other in lex.postings.get(feature, ()):
            dots[index] += weight * other
    best: dict[str, float] = {}
    for index, dot in dots.items():
        name, length = lex.phrases[index]
        best[name] = max(best.get(name, 0.0), dot / (norm * length))
    return best
