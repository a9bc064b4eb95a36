"""Acts that are asked for: on a thing that is named, with none but words of asking before their verb.

What else stands there governs it: "I'm afraid to …", "a friend suggests to …". Such words have no end; those have one.
"""

import re
from collections.abc import Sequence

from nlu.binding_words import Vocabulary, vocabulary
from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, word_set
from nlu.slips import InnerSlips
from nlu.stance.clauses import APART, Stance
from nlu.stance.judged import stances
from values.parsing import fold_words
from values.slots.word_classes import TALK, WordClass, class_of

ACTS = Forms("asked_acts")
_SLIPS = InnerSlips(word_set("asked_acts", "nouns"))
_NOT_NOW = frozenset({Stance.past, Stance.others, Stance.quoted})
_ASKING = TALK | frozenset({WordClass.particle, WordClass.quality})


def asks_for_act(text: str, thing: re.Pattern[str], langs: Languages) -> bool:
    """Return whether a message asks, now and for its author, for an act on a thing.

    What doesn't name the thing asks for it by words of asking alone, as an answer does.
    """
    said, known = [fold_words(one) for one in APART.split(text)], vocabulary(langs)
    if not _NOT_NOW.isdisjoint(stances(text, langs, thing)):
        return False
    mended = [" ".join(_SLIPS.repaired(word) or word for word in one.split()) for one in said]
    return any(_asks(parts, thing, known) for parts in (said, mended))


def _asks(parts: Sequence[str], thing: re.Pattern[str], known: Vocabulary) -> bool:
    if about := [one for one in parts if thing.search(one) is not None]:
        return all(ACTS.answered.search(one) or is_asking(ACTS.verb.split(thing.split(one)[0])[0]) for one in about)
    said = ACTS.verb.sub(" ", " ".join(parts)).split()
    return is_asking(" ".join(word for word in said if not known.phrases.alone(word)))


def is_asking(words: str) -> bool:
    """Return whether folded words are those by which something is asked for."""
    led = ACTS.beside.split(words)[-1]
    known = all(class_of(word) in _ASKING or ACTS.led.fullmatch(word) is not None for word in led.split())
    return known and ACTS.unable.search(led) is None
