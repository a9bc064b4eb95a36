"""The words by which an answer binds, as they are looked up: phrases by their first word, slips repaired."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from nlu.binding_reasons import AllReasons, Clause
from nlu.languages.language import BindingWords, Languages
from nlu.phrase_lines import expand_all
from nlu.slips import InnerSlips
from values.locale import SHIPPED, Locale
from values.meaning import BindingAct

YES, BESIDE, PARTING, ONLY = "yes", "beside", "parting", "only"
LEANING, NATIVE, IRONIC, SO, EVERYTHING = "leaning", "native", "ironic", "so", "everything"
POINTING, PRONOUN, OPENING, PLAIN = "pointing", "pronoun", "opening", "plain"
"""Kinds of phrases, beside an act's verb and `about` its object.

`leaning` ones count only among verbs and yeses that are `native`: of their own language alone. `pointing` ones, the
small words, have to lead to a verb or its object; a `pronoun` may stand right behind a verb, too. `opening` ones, sighs
and praise, lead up to what is said: behind it they mock ("I order, oh great"), as does a yes that isn't `plain`.
"""
_FOLDER = Path(__file__).parent / "phrases" / "binding"
PLAIN_YES = frozenset({"tak", "si", "yes"})
_NOTHING: frozenset[str] = frozenset()
_NOWHERE = range(0)
_MOST_TO_REPAIR = 3
_PARTED, _FARTHEST = " ... ", 7
_LONGEST_MOCKING = 2
"""Words of a phrase before the word of consequence that ends it."""

Kinds = frozenset[str]


def name_topic(act: BindingAct) -> str:
    """Return the kind of words that tell what an act is about."""
    return f"about {act}"


class Phrases:
    """Phrases of one or more words; the longest that stands at a place is found, or a phrase in two parts."""

    def __init__(self, kinds: Mapping[str, Kinds]) -> None:
        self._kinds = kinds
        self._parted: defaultdict[str, dict[str, Kinds]] = defaultdict(dict)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        ends: defaultdict[str, set[int]] = defaultdict(set)
        words: set[str] = set()
        for phrase, of in kinds.items():
            first, _, last = phrase.partition(_PARTED)
            if last:
                self._parted[first][last] = of
                ends[last.split()[0]].add(len(last.split()))
            else:
                split = phrase.split(" ")
                lengths[split[0]].add(len(split))
            words.update(first.split(), last.split())
        self.words = frozenset(words)
        self._beginning = {
            act: frozenset(phrase.split()[0] for phrase, of in kinds.items() if act in of) for act in ACTS
        }
        self._lengths = {first: sorted(of, reverse=True) for first, of in lengths.items()}
        self._ends = {first: sorted(of, reverse=True) for first, of in ends.items()}

    def may_say(self, words: Sequence[str], acts: Kinds) -> bool:
        """Return whether a word stands there that a verb of these acts begins with: a cheap hint."""
        return any(not self._beginning[act].isdisjoint(words) for act in acts)

    def alone(self, word: str) -> Kinds:
        """Return the kinds of a word by itself."""
        return self._kinds.get(word, _NOTHING)

    def found(self, words: Sequence[str], at: int, wanted: Kinds) -> tuple[int, Kinds, range]:
        """Return how many words from `at` on belong together, their kinds, and where the end of a parted phrase is.

        Several words in a row come before a phrase in two parts, and that before a single word where it is a verb.
        """
        length, kinds = self.longest(words, at, wanted)
        if length <= 1:
            end, parted = self.parted(words, at, wanted & ACTS if length else wanted)
            if end and not kinds & ACTS:
                return 1, parted, end
        return max(length, 1), kinds, _NOWHERE

    def whole(self, words: Sequence[str], at: int, wanted: Kinds) -> tuple[int, Kinds, range]:
        """Return the same of phrases whose words stand in a row."""
        length, kinds = self.longest(words, at, wanted)
        return max(length, 1), kinds, _NOWHERE

    def longest(self, words: Sequence[str], at: int, wanted: Kinds) -> tuple[int, Kinds]:
        """Return how many words from `at` on are a phrase of the wanted kinds, and its kinds; 0 where none is."""
        for length in self._lengths.get(words[at], ()):
            kinds = self._kinds.get(" ".join(words[at : at + length]))
            if kinds is not None and kinds & wanted and at + length <= len(words):
                return length, kinds
        return 0, _NOTHING

    def parted(self, words: Sequence[str], at: int, wanted: Kinds) -> tuple[range, Kinds]:
        """Return where the end of a phrase in two parts stands that begins at a place; nowhere where none does."""
        lasts = self._parted.get(words[at])
        if lasts is not None:
            for end in range(at + 1, min(at + _FARTHEST, len(words))):
                for length in self._ends.get(words[end], ()):
                    if (kinds := lasts.get(" ".join(words[end : end + length]), _NOTHING)) & wanted:
                        return range(end, end + length), kinds
        return _NOWHERE, _NOTHING


class Vocabulary(Struct, frozen=True):
    """All words of the languages that are understood here."""

    phrases: Phrases
    refusals: Phrases
    reasons: AllReasons
    slips: InnerSlips

    def mended(self, words: list[str]) -> list[str]:
        """Return the words with slips repaired, which bind nobody; where most are unknown, something else is meant."""
        unknown = {word for word in words if word not in self.phrases.words}
        if not unknown or len(unknown) > _MOST_TO_REPAIR:
            return words
        return [(self.slips.repaired(word) or word) if word in unknown else word for word in words]

    def reason(self, words: list[str], langs: Languages) -> int:
        """Return where the words behind a reason begin ("…, so I accept"), 0 where there is none."""
        for at in range(len(words) - 1, 0, -1):
            length = self.phrases.longest(words, at, _CONSEQUENCE)[0]
            if length and not self._ends_mocking(words, at, at + length):
                return at + length if self.reasons.lead(words[:at], words[at:], langs) else 0
        return 0

    def _ends_mocking(self, words: Sequence[str], at: int, end: int) -> bool:
        """Return whether a word of consequence only ends another phrase: "so so", "non so"."""
        starts = range(max(0, at - _LONGEST_MOCKING), at)
        return any(start + self.phrases.longest(words, start, _MOCKING)[0] == end for start in starts)

    def follows(self, words: Sequence[str]) -> bool:
        """Return whether a clause begins with a word of consequence."""
        return bool(self.phrases.longest(words, 0, _CONSEQUENCE)[0])

    def is_reason(self, clause: Clause, langs: Languages, *, known: bool = False) -> bool:
        """Return whether a clause beside the act's own is a reason, or tells that the matter is `known`; and no act."""
        acts = self.follows(clause.words) or self.names_an_act(clause.words)
        return not acts and self.reasons.tell(clause, langs, known=known)

    def names_an_act(self, words: Sequence[str]) -> bool:
        """Return whether the verb of an act stands among words, in a row."""
        return any(self.phrases.longest(words, at, ACTS)[0] for at in range(len(words)))

    def refuses(self, words: list[str]) -> bool:
        """Return whether one of the phrases that refuse stands in a message, or a denial before the verb of an act."""
        words = self.mended(words)
        for at in range(len(words)):
            length, kinds = self.refusals.longest(words, at, _REFUSING)
            if not length:
                continue
            if _REFUSAL in kinds or self._verb_follows(words, at + length):
                return True
        return False

    def _verb_follows(self, words: list[str], at: int) -> bool:
        """Return whether the verb of an act stands at a place, or behind one small word: "don't you accept"."""
        places = range(at, min(at + 2, len(words)))
        found = (self.phrases.longest(words, n, ACTS)[0] or self.phrases.parted(words, n, ACTS)[0] for n in places)
        return any(found)


_REFUSAL, _DENIAL = "refusal", "denial"
_REFUSING, _CONSEQUENCE, _MOCKING = frozenset({_REFUSAL, _DENIAL}), frozenset({SO}), frozenset({IRONIC})
ACTS = frozenset(map(str, BindingAct))
OBJECTS = frozenset({*map(name_topic, BindingAct), EVERYTHING})
STANDING_BY = frozenset({BESIDE, POINTING, PRONOUN, OPENING, PARTING, SO, LEANING, IRONIC})
_OF_TRIALS = {str(BindingAct.trial), name_topic(BindingAct.trial)}
"""These say something where a trial is offered; elsewhere they are words like any other."""
ALL_KINDS = (ACTS | OBJECTS | STANDING_BY | {YES, ONLY}) - _OF_TRIALS
_TELLING = (ACTS | set(map(name_topic, BindingAct)) | {YES}) - _OF_TRIALS


def vocabulary(langs: Languages) -> Vocabulary:
    """Return the words of the shipped languages and of those that a seller brings."""
    return _vocabulary(tuple(lang for lang in langs if lang.code not in SHIPPED))


@lru_cache(maxsize=8)
def _vocabulary(brought: Languages) -> Vocabulary:
    every = (*(load_words(code) for code in SHIPPED), *(lang.binding for lang in brought))
    kinds = _kinds(every, frozenset[str]().union(*(lang.answers.yes for lang in brought)))
    refusing = {phrase: frozenset({_DENIAL}) for words in every for phrase in words.denials}
    refusing |= {phrase: frozenset({_REFUSAL}) for words in every for phrase in words.refusals}
    never = frozenset[str]().union(*(words.never for words in every))
    telling = {word for phrase, of in kinds.items() if of & _TELLING for word in phrase.split()}
    denied = {word for phrase in refusing for word in phrase.split()}
    unlike = frozenset[str]().union(*(words.unlike for words in every))
    return Vocabulary(Phrases(kinds), Phrases(refusing), _reasons(), InnerSlips(telling, never | denied | unlike))


@cache
def _reasons() -> AllReasons:
    """Return the reasons of the shipped languages; in a seller's own, an act's words stand by themselves."""
    tables = [raw_words(code)["reasons"] for code in SHIPPED]
    return AllReasons([{name: expand_all(lines) for name, lines in table.items()} for table in tables])


def _kinds(every: Sequence[BindingWords], brought_yes: frozenset[str]) -> dict[str, Kinds]:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    speaking: defaultdict[str, set[int]] = defaultdict(set)
    for number, words in enumerate(every):
        for phrase, kind in _phrases(words):
            kinds[phrase].add(kind)
            speaking[phrase].add(number)
    if brought_yes:
        verbs = Phrases({phrase: frozenset(of) for phrase, of in kinds.items() if of & ACTS})
        for phrase in brought_yes:
            words = phrase.split()
            if not any(verbs.longest(words, at, ACTS)[0] for at in range(len(words))):  # "yes, I order" is more
                kinds[phrase].add(YES)
    for phrase, spoken_by in speaking.items():
        if len(spoken_by) == 1 and every[min(spoken_by)].particles:
            kinds[phrase].add(NATIVE)
    same: dict[Kinds, Kinds] = {}  # thousands of phrases share a few dozen sets
    return {phrase: same.setdefault(fixed := frozenset(of), fixed) for phrase, of in kinds.items()}


def _phrases(words: BindingWords) -> Iterator[tuple[str, str]]:
    """Yield each phrase of a language with what it is."""
    for act, verbs in words.verbs.items():
        yield from ((verb, str(act)) for verb in verbs)
    for act, nouns in words.about.items():
        yield from ((noun, name_topic(act)) for noun in nouns)
    for phrase in words.everything:
        yield from ((phrase, EVERYTHING), (phrase, name_topic(BindingAct.agree)))
    for kind, phrases in (
        (YES, words.yes),
        (BESIDE, words.beside),
        (PARTING, words.parting),
        (ONLY, words.only),
        (LEANING, words.particles),
        (IRONIC, words.ironic),
        (POINTING, words.pointing),
        (PRONOUN, words.pronouns),
        (OPENING, words.opening),
        (PLAIN, PLAIN_YES & words.yes),
        (SO, words.so),
    ):
        yield from ((phrase, kind) for phrase in phrases)


def load_words(code: Locale) -> BindingWords:
    """Return the words of a shipped language."""
    raw = raw_words(code)
    words, reasons, refusing = raw["words"], raw["reasons"], raw["refusing"]
    return BindingWords(
        verbs={act: expand_all(raw[act]["verbs"]) for act in BindingAct},
        about={act: expand_all(raw[act]["about"]) for act in BindingAct},
        everything=expand_all(raw[BindingAct.agree]["everything"]),
        yes=expand_all(words["yes"]),
        beside=expand_all((*words["beside"], *words["background"])),
        parting=expand_all(words["parting"]),
        only=expand_all(words["only"]),
        particles=expand_all(words.get("particles", ())),
        ironic=expand_all(words.get("ironic", ())),
        pointing=expand_all(words["pointing"]),
        pronouns=expand_all(words["pronouns"]),
        opening=expand_all(words["opening"]),
        so=expand_all(reasons["so"]),
        never=expand_all(reasons["never"]),
        unlike=expand_all(words.get("unlike", ())),
        denials=expand_all(refusing["denials"]),
        refusals=expand_all(refusing["refusals"]),
    )


@cache
def raw_words(code: Locale) -> Mapping[str, Any]:
    """Return the tables of a shipped language as they are written."""
    return tomllib.loads((_FOLDER / f"{code}.toml").read_text(encoding="utf-8"))
