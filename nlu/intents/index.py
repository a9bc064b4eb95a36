"""Cues by the words without which they can't hold: so a message is tested against a handful and not against all."""

from collections import defaultdict
from collections.abc import Iterable

from nlu.intents.cues import LONGEST_PREFIX, Cue, CueMessage, Phrase


class CueIndex:
    """Finds the cues that hold for a message. Each is filed under one of its positive terms, the one of fewest choices:
    of every choice the longest word, which a message must have."""

    def __init__(self, named: Iterable[tuple[str, Iterable[Cue]]]) -> None:
        self._by_word: dict[str, list[tuple[str, Cue]]] = defaultdict(list)
        self._by_beginning: dict[str, list[tuple[str, Cue]]] = defaultdict(list)
        for name, cues in named:
            for cue in cues:
                self._file(name, cue)

    def _file(self, name: str, cue: Cue) -> None:
        rarest = min((t for t in cue.terms if not t.negated), key=lambda t: len(t.choices))
        for text, begins in dict.fromkeys(_key(phrase) for phrase in rarest.choices):
            (self._by_beginning if begins else self._by_word)[text].append((name, cue))

    def holding(self, message: CueMessage) -> dict[str, list[Cue]]:
        """The cues that hold, by name; names without any are left out."""
        near = {id(cue): (name, cue) for name, cue in self._near(message)}
        found: dict[str, list[Cue]] = defaultdict(list)
        for name, cue in near.values():
            if cue.holds(message):
                found[name].append(cue)
        return found

    def _near(self, message: CueMessage) -> Iterable[tuple[str, Cue]]:
        for words, table in ((message.exact, self._by_word), (message.beginnings, self._by_beginning)):
            for word in words & table.keys():
                yield from table[word]


def _key(phrase: Phrase) -> tuple[str, bool]:
    word = max(phrase, key=lambda w: len(w.text))
    return (word.text[:LONGEST_PREFIX] if word.begins else word.text), word.begins
