"""The words by which a clause isn't the customer's own act, now, found in a row of words.

They stand in phrases/stance/LANGUAGE.toml; a language without a file is read by the words of the others that are the
same in none.
"""

import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

from nlu.languages.language import Languages
from nlu.phrase_lines import expand_all

_FOLDER = Path(__file__).parents[1] / "phrases" / "stance"
_OWN = "own_"
TOLD, GONE, UNSURE = "told", "gone", "unsure"
"""`TOLD` are verbs in the past by their endings: a value beside one isn't an old one ("I mistyped it: 512 …")."""


class FoundCue(Struct, frozen=True):
    """A phrase of the tables in a row of words: of which table, and from which word to which."""

    kind: str
    start: int
    end: int


UNKNOWING, HARMLESS = "unknowing", "harmless"
_ALSO = {UNKNOWING: ("negated", "doubted")}
"""What the phrases of a kind say as well."""
_PARTICIPLE = "participle"
"""Of endings that are of the past beside certain words alone."""
_Phrase = tuple[tuple[str, ...], str]
_BySecond = defaultdict[str, list[_Phrase]]
"""Phrases by their second word, as some words begin hundreds of them."""
_ANY = "*"
"""Instead of the second word of phrases that have none, or whose second one has any ending."""


class _Table:
    """Phrases by their first word, and endings; `shared` is the table of what every language has beside its own."""

    def __init__(self, rows: Iterable[tuple[str, Iterable[str]]], shared: "_Table | None" = None) -> None:
        self._exact: defaultdict[str, _BySecond] = defaultdict(lambda: defaultdict(list))
        self._begun: defaultdict[str, list[_Phrase]] = defaultdict(list)
        self._endings: dict[str, str] = {}
        self._behind: set[str] = set()
        self._participles: set[str] = set()
        self._shared = shared
        if shared is not None:
            self._endings, self._behind, self._participles = shared._endings, shared._behind, shared._participles
        for kind, phrases in rows:
            self._file(kind, sorted(phrases))
        self._lengths = sorted({len(ending) for ending in (*self._endings, *self._participles)})
        self._known = lru_cache(maxsize=2048)(self._of_word)  # most words come again in the next message
        self._single = shared is None and not self._lengths and not self._begun

    def _file(self, kind: str, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            first, *_ = words = tuple(map(sys.intern, phrase.split()))  # a word stands in many phrases
            if kind.endswith("_after"):
                self._behind.add(phrase)
            elif kind == _PARTICIPLE:
                self._participles.add(phrase)
            elif kind.endswith("_endings"):
                self._endings[phrase] = kind.removesuffix("_endings")
            else:
                begun = first.endswith("*")
                table = self._begun[first.rstrip("*")[:3]] if begun else self._exact[first][_second(words)]
                table.append((words, kind))

    def cues(self, words: Sequence[str]) -> tuple[FoundCue, ...]:
        """Return the cues in a row of words, each as long as it goes; those of several kinds stand at one place."""
        if self._single and self._exact.keys().isdisjoint(words):  # most messages have none of a table of one kind
            return ()
        found: list[FoundCue] = []
        at = 0
        while at < len(words):
            known, ended = self._known(words[at])
            here: Sequence[tuple[int, str]] = ()
            if known:
                tried = [*known.get(_ANY, ()), *known.get(words[at + 1] if at + 1 < len(words) else "", ())]
                here = [(len(phrase), kind) for phrase, kind in tried if _stands(phrase, words, at)]
            if here:
                longest = max(here)[0]
                kinds = sorted({kind for length, kind in here if length == longest})
                found += [FoundCue(kind, at, at + longest) for kind in kinds]
                at += longest
                continue
            if ended and (ending := self._ending(ended, words[max(0, at - 2) : at])) is not None:
                found.append(FoundCue(ending, at, at + 1))
            at += 1
        return tuple(found)

    def _of_word(self, word: str) -> tuple[_BySecond, tuple[str, ...]]:
        """Return the phrases that begin with a word, and the kinds of its endings, the shortest first."""
        endings = [word[-length:] for length in self._lengths if len(word) > length + 1]
        kinds = (self._endings.get(end, _PARTICIPLE if end in self._participles else "") for end in endings)
        return self._phrases(word), tuple(kind for kind in kinds if kind)

    def _phrases(self, word: str) -> _BySecond:
        phrases = defaultdict(list, {second: [*listed] for second, listed in self._exact.get(word, {}).items()})
        for one in self._begun.get(word[:3], ()):
            if word.startswith(one[0][0][:-1]):
                phrases[_second(one[0])].append(one)
        for second, listed in self._shared._phrases(word).items() if self._shared is not None else ():
            phrases[second] += listed
        return phrases

    def _ending(self, kinds: Sequence[str], before: Sequence[str]) -> str | None:
        for kind in kinds:
            if kind != _PARTICIPLE:
                return TOLD if kind == "past" else kind
            if not self._behind.isdisjoint((*before, " ".join(before))):
                return TOLD
        return None


def _second(phrase: Sequence[str]) -> str:
    second = phrase[1] if len(phrase) > 1 else _ANY
    return _ANY if second.endswith(_ANY) else second


def _stands(phrase: Sequence[str], words: Sequence[str], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    for beside, known in enumerate(phrase):  # a loop: it is gone through for every word of every message
        said = words[at + beside]
        if said != known and not (known[-1] == "*" and said.startswith(known[:-1])):
            return False
    return True


def cues_in(words: Sequence[str], langs: Languages) -> tuple[FoundCue, ...]:
    """Return the cues in a row of words, as a conversation in the first of the languages has them."""
    return _found(tuple(words), langs[0].code)


@lru_cache(maxsize=64)  # several readers ask for one clause
def _found(words: tuple[str, ...], own: str) -> tuple[FoundCue, ...]:
    return _made(own).cues(words)


@cache
def of_any_language(kind: str) -> _Table:
    """Return the words of one kind in all languages; those by which a value is `GONE` or `UNSURE` judge no clause."""
    kinds = (kind, *(one for one, also in _ALSO.items() if kind in also))
    named = {f"{own}{one}" for one in kinds for own in ("", _OWN)}
    return _Table((kind, expand_all(lines)) for raw in _raw().values() for name, lines in raw.items() if name in named)


def doubts(said: str) -> bool:
    """Return whether folded words are a thought rather than a wish: "może włącz", "maybe turn it on"."""
    words = said.split()
    doubting = of_any_language("doubted").cues(words)
    return bool(doubting) and bool(but_harmless((*doubting, *of_any_language(HARMLESS).cues(words))))


def but_harmless(cues: Sequence[FoundCue]) -> tuple[FoundCue, ...]:
    """Return the cues but those that are no more than a harmless phrase: "I forgot" in "I forgot my code START20"."""
    harmless = [cue for cue in cues if cue.kind == HARMLESS]
    return tuple(cue for cue in cues if not any(one.start <= cue.start and cue.end <= one.end for one in harmless))


@lru_cache(maxsize=16)
def _made(own: str) -> _Table:
    return _Table(_rows(own), _shared())


@cache
def _shared() -> _Table:
    return _Table(row for code in _raw() for row in _rows(code, shared=True))


def _rows(code: str, *, shared: bool = False) -> Iterator[tuple[str, Iterable[str]]]:
    """Yield the phrases of a language by kind, but for what judges no clause: its own, or what all share."""
    raw = _raw().get(code, {})
    for name, lines in raw.items():
        kind = name.removeprefix(_OWN)
        if kind not in (GONE, UNSURE) and (kind == name) == shared:
            ending = _PARTICIPLE if "past_after" in raw and kind == "past_endings" else kind
            yield from ((one, expand_all(lines)) for one in (ending, *_ALSO.get(kind, ())))


@cache
def _raw() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(_FOLDER.glob("*.toml"))}
