"""Reasons beside an act: which clauses of a message may hold any words ("I order, because the old licence ran out").

The act stands in a clause of its own, which says nothing else; a comma, a full stop or a word of cause parts it from
its reason. A reason tells why people do this (it ran out, it is needed, it was read), speaks of the matter (licence,
office), and has none of the words by which people take back, put off, ask, mock, quote or want something else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import fields

from nlu.entities.terms import find_terms
from nlu.languages.language import Languages
from nlu.tokens import is_question
from values.parsing import fold_words
from values.patterns import regex

_PLAIN = regex(r"[^\W_](?:[^\W_]|[\s,.;!'’&/–—-])*")
"""Nothing but words and the signs between them: brackets, colons, quotation marks and faces say more than the words."""
_HESITATING = regex(r"\.\s*\.")
_BORDER = regex(r"(?<![,;.!])[,;.!]++(?=\s|$)|\s[-–—]+\s|\n")
_ACCENTED = str.maketrans(dict.fromkeys("èÈ", "ee"))
_LONGEST_CLAUSE = 24
_MOST_CLAUSES = 12
_SHORTEST_PIECE = 3
_SHORTEST_ANYWHERE = 6
"""Shorter words that no reason has are other words in another language: "ma", "come"."""


class Cues:
    """Single words, beginnings of words ("delay*") and phrases, found in a row of words."""

    def __init__(self, cues: Iterable[str]) -> None:
        plain = set(cues)
        single = {cue for cue in plain if " " not in cue}
        self._words = frozenset(cue for cue in single if not cue.endswith("*"))
        self._beginnings = frozenset(cue.rstrip("*") for cue in single - self._words)
        self._lengths = sorted({len(beginning) for beginning in self._beginnings})
        self._phrases = tuple(f" {cue.rstrip('*')}" + ("" if cue.endswith("*") else " ") for cue in plain - single)
        self._first = frozenset(phrase.split()[0] for phrase in self._phrases)

    def among(self, words: Sequence[str]) -> bool:
        """Return whether one of the cues stands among words."""
        if any(w in self._words or any(w[:n] in self._beginnings for n in self._lengths) for w in words):
            return True
        if self._first.isdisjoint(words):
            return False
        said = f" {' '.join(words)} "
        return any(phrase in said for phrase in self._phrases)

    def cut(self, words: Sequence[str]) -> list[str]:
        """Return the words without those of the phrases."""
        if self._first.isdisjoint(words):
            return list(words)
        said = f" {' '.join(words)} "
        for phrase in self._phrases:
            if phrase in said:
                said = said.replace(phrase, " ")
        return said.split()

    def opening(self, words: Sequence[str], at: int = 0) -> int:
        """Return how many words from a place on are one of the cues, 0 where none is."""
        if words[at] in self._words:
            return 1
        if words[at] not in self._first:
            return 0
        rest = f" {' '.join(words[at : at + 5])} "
        return max((len(phrase.split()) for phrase in self._phrases if rest.startswith(phrase)), default=0)


class Clause(Struct, frozen=True):
    """The words of a clause, and how many of them tell that it is a cause: "because" is one.

    `accented` are the same words where "è" is told from "e".
    """

    words: list[str]
    accented: list[str]
    opening: int


class Reasons(Struct, frozen=True):
    """The words by which a reason is told in one language, and those that none has."""

    so: Cues
    because: Cues
    because_first: Cues
    joining: Cues
    motives: Cues
    known: Cues
    matter: Cues
    never: Cues
    never_beside: Cues
    harmless: Cues
    denying: Cues

    def plain(self, words: Sequence[str]) -> bool:
        """Return whether nothing is put off, doubted, mocked, quoted or wanted besides."""
        return not self.never.among(self.harmless.cut(words)) and not any(c.isdecimal() for word in words for c in word)

    def opens(self, words: Sequence[str], at: int) -> int:
        """Return how many words from a place on are a word of cause, 0 where none is."""
        return self.because.opening(words, at) or (0 if at else self.because_first.opening(words))

    def speaks(self, words: Sequence[str]) -> bool:
        """Return whether words tell a motive, or that the matter is known."""
        return self.motives.among(words) or self.known.among(words)

    def tells(self, clause: Clause, *, known: bool) -> bool:
        """Return whether a clause is a reason, all of it, and nothing in it denies or takes back."""
        words = clause.words[clause.opening :]
        if self.opens(clause.words, 0) != clause.opening or self.joining.opening(words):
            return False
        left = self.harmless.cut(words)
        if not self.plain(words) or self.never_beside.among(left) or self.denying.among(left):
            return False
        if not self.matter.among(words):
            return False
        tells = self.known.among if known else self.speaks
        return all(map(tells, self._pieces(clause.accented[clause.opening :])))

    def _pieces(self, words: list[str]) -> Iterator[list[str]]:
        """Return what "and" joins, where it is more than two words: "the licence ran out", "pigs fly"."""
        cuts = [at for at in range(2, len(words)) if self.joining.opening(words, at)]
        cuts = [at for at, end in pairwise([*cuts, len(words)]) if end - at >= _SHORTEST_PIECE]
        return (words[start:end] for start, end in pairwise([0, *cuts, len(words)]))


class AllReasons:
    """Reasons in every language: a clause is one if it is one in the language that it is of."""

    def __init__(self, languages: Sequence[Mapping[str, Iterable[str]]]) -> None:
        """Take the cues of each language by the names of `Reasons`."""
        names = [field.name for field in fields(Reasons)]
        self._languages = tuple(Reasons(**{name: Cues(cues[name]) for name in names}) for cues in languages)
        never = (cue for cues in languages for name in ("never", "never_beside") for cue in cues[name])
        self._anywhere = Cues(cue for cue in never if len(cue) >= _SHORTEST_ANYWHERE and " " not in cue)

    def clauses(self, text: str) -> list[Clause]:
        """Return the clauses of a message; none where its signs say more than its words, or it is one clause."""
        if not _PLAIN.fullmatch(text.strip()) or _HESITATING.search(text):
            return []
        found = [clause for part in _BORDER.split(text) for clause in self._parted(part)]
        return found if 1 < len(found) <= _MOST_CLAUSES else []

    def _parted(self, part: str) -> list[Clause]:
        """Return the clauses of a part without a sign within: each word of cause begins another one."""
        words, accented = fold_words(part).split(), fold_words(part.translate(_ACCENTED)).split()
        opened: dict[int, int] = {0: 0} if words else {}
        last = 0
        for at in range(len(words)):
            length = max(of.opens(words, at) for of in self._languages) if at >= last else 0
            if length:
                opened[at], last = length, at + length
        borders = [*sorted(opened), len(words)]
        return [Clause(words[start:end], accented[start:end], opened[start]) for start, end in pairwise(borders)]

    def lead(self, words: list[str], consequence: Sequence[str], langs: Languages) -> bool:
        """Return whether any words may stand before a word of consequence, in the language of that word."""
        if not all(of.plain(words) for of in self._languages if of.so.opening(consequence)):
            return False
        return not is_question("", words, langs) and not find_terms(" ".join(words), langs)

    def plain(self, words: Sequence[str]) -> bool:
        """Return whether closed words behind an act leave it as it is, in any language."""
        return all(of.plain(words) for of in self._languages)

    def tell(self, clause: Clause, langs: Languages, *, known: bool) -> bool:
        """Return whether a clause beside the act's own is a reason for it, or tells that the matter is `known`."""
        words = clause.words[clause.opening :]
        if not 0 < len(words) <= _LONGEST_CLAUSE or is_question("", words, langs):
            return False
        speaking = self._speaking(clause)
        if not speaking or not all(of.tells(clause, known=known) for of in speaking):
            return False
        left = [of.harmless.cut(words) for of in speaking]
        return not any(self._anywhere.among(said) or find_terms(" ".join(said), langs) for said in left)

    def _speaking(self, clause: Clause) -> list[Reasons]:
        """Return the languages that a clause may be of: by its word of cause, else by most words of a reason."""
        if clause.opening:
            return [of for of in self._languages if of.opens(clause.words, 0) == clause.opening]
        counts = [(sum(of.speaks([word]) for word in clause.words), of) for of in self._languages]
        most = max(count for count, _ in counts)
        return [of for count, of in counts if count == most > 0]
