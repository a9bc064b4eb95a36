"""One step back in any words, and the other of two: "one up please", "oczko wyżej"; "nie to, to drugie", "no, l'altra".

As with words that bind, the vocabulary of a step back is closed: a message is one if every word of it is known, so that
a number, a name or another wish needs no list of its own. Where the open question has two answers and one is named, the
other is meant; else it is the last answer that is to be the other one.
"""

import re

from nlu.corrections.sentences import puts_right
from nlu.languages.language import Languages
from nlu.phrase_lines import patterns
from nlu.stance import Stance, stance
from nlu.tokens import is_question
from values.expected import Expected, OptionWords
from values.meaning import OTHER, Correction, Press
from values.parsing import fold_words, unaccent
from values.patterns import regex

_LONGEST, _MOST_WORDS = 80, 10
_WORDS = patterns("step_back")
_BACK, _UP, _STEP = (regex(_WORDS[name]) for name in ("back", "up", "step"))
_TURNS = regex(rf"(?<![0-9a-z])(?:{_BACK.pattern}|{_UP.pattern}|prima)(?![0-9a-z])")
"""Without one of these words there is no step back: "di prima" is written as two."""
_SMALL, _BESIDE = (frozenset(_WORDS[name].replace("|", " ").split()) for name in ("small", "beside"))

_WHY = regex(r"[,;.!:]|\s(?:bo|zeby|aby|che|perche|because|cause|cos|so|as|i want|i need|weil|damit)\s")
_VALUE = regex(r"[\d@]")
_LONGEST_OTHER, _MOST_WORDS_OTHER = 80, 9
_SECOND = r"(?:t[aeo]|ten|tego|tej|tym) drug\w{1,4}"
_OTHER = regex(rf"\b(?:{_SECOND}|{_WORDS['other']})\b")
_ORDINAL = regex(_SECOND)


def reads_step_back(text: str) -> bool:
    """Return whether a message asks for the question before this one; it may go on to say why, but names no value."""
    said = unaccent(text[: 2 * _LONGEST])
    if said.isascii() and _TURNS.search(said) is None:
        return False
    why = _WHY.search(said)
    whole = is_step_back(fold_words(said))
    return whole or (why is not None and not _VALUE.search(said) and is_step_back(fold_words(said[: why.start()])))


def is_step_back(words: str) -> bool:
    """Return whether folded words ask for the question before this one, and nothing else."""
    said = words.replace("di prima", "di_prima").split() if len(words) <= _LONGEST else []
    if not 2 <= len(said) <= _MOST_WORDS:
        return False
    back, up = _any(_BACK, said), _any(_UP, said)
    if not back and not (up and _any(_STEP, said)):
        return False
    return all(word in _SMALL or any(p.fullmatch(word) for p in (_BACK, _UP, _STEP)) for word in said)


def _any(pattern: re.Pattern[str], said: list[str]) -> bool:
    return any(pattern.fullmatch(word) is not None for word in said)


def read_other(text: str, expected: Expected, langs: Languages) -> Press | Correction | None:
    """Return the answer left when the other of two is ruled out, or the correction of the last answer."""
    said = fold_words(text[:_LONGEST_OTHER])
    match = _OTHER.search(said)
    words = said.split()
    if match is None or len(text) > _LONGEST_OTHER or len(words) > _MOST_WORDS_OTHER or is_question(text, words, langs):
        return None
    free = [option for option in expected.options if option.binds is None and not option.beside]
    own = [option for option in free if option.payload.partition(":")[0] == expected.step]
    beside = _OTHER.sub(" ", said).split()
    named = [option for option in own if _names(option, beside)]
    if len(own) == 2 and len(named) == 1:
        return Press(next(option for option in own if option not in named).payload)
    short = len(words) <= len(match.group().split()) + 1 and _ORDINAL.fullmatch(match.group()) is None
    taken_back = short or stance(text, langs) is Stance.negated or puts_right(said, langs)
    only = taken_back and all(word in _BESIDE for word in beside)
    return Correction(OTHER) if only else None


def _names(option: OptionWords, said: list[str]) -> bool:
    titles = (fold_words(title).split() for title in option.titles)
    stems = {word[:5] for words in titles for word in words if len(word) > 2 and word not in _BESIDE}
    return any(word[:5] in stems for word in said)
