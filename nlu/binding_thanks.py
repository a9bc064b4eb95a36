"""Thanks beside a yes that says little: "cool, thanks" acknowledges what was said and gives nothing."""

from collections.abc import Sequence

from nlu.binding_words import ALL_KINDS, YES, Vocabulary
from nlu.phrase_lines import word_set

_LAZY = word_set("binding_thanks", "lazy")
_WELL = frozenset("cosi tutto wszystko".split())
"""With one of these a lazy word says that all is well as it is: "va bene così, grazie" wants nothing."""
_SLIGHT = frozenset("a all and be do i is it jest ll no o oh s that then to tu well".split())
"""Words that make no more of a lazy one: "that's fine, thanks"."""
_THANKS = frozenset("dzieki dziekuje dziekuje thanks thank thx ta cheers grazie danke".split())


def acknowledges(words: Sequence[str], known: Vocabulary) -> bool:
    """Return whether thanks stand beside no more than a lazy word: "cool, thanks", but not "sounds great, thanks"."""
    if _THANKS.isdisjoint(words) or _LAZY.isdisjoint(words):
        return False
    at = 0
    while at < len(words):
        length, kinds = known.phrases.longest(words, at, ALL_KINDS)
        said = words[at : at + max(length, 1)]
        if YES in kinds and not is_lazy(said):
            return False
        at += len(said)
    return True


def is_lazy(phrase: Sequence[str]) -> bool:
    """Return whether a phrase is a lazy word and nothing that makes more of it."""
    rest = [word for word in phrase if word not in _LAZY]
    return len(rest) < len(phrase) and (_SLIGHT.issuperset(rest) or not _WELL.isdisjoint(rest))
