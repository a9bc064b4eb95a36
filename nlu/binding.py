"""Answers that bind: given by the act's own verb in a message that says nothing else, refused by any clear no.

The vocabulary is closed. A word that isn't of it (a negation, a condition, a doubt, a method, a number) makes a message
one that binds nobody, so that nothing has to be known about the word.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from nlu.answer_words import SHIPPED
from nlu.languages.language import BindingWords, Languages
from values.meaning import BindingAct, Expected, OptionWords, Press, Unclear
from values.parsing import fold_words

_FILE = Path(__file__).parent / "phrases" / "binding.toml"
_LONGEST = 400
_YES, _BESIDE = "yes", "beside"


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """All words of the languages that are understood here: what each phrase is, and how phrases are found."""

    kinds: Mapping[str, frozenset[str]]
    known: re.Pattern[str]
    refusing: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Read:
    """A message split into its phrases, by what each may be (an act's verb, a yes), and unknown words."""

    phrases: tuple[frozenset[str], ...]
    unknown: tuple[str, ...]


def read_binding(
    text: str, options: Iterable[OptionWords], expected: Expected, langs: Languages
) -> Press | Unclear | None:
    """Return the binding option that a message gives.

    Several where it doesn't say which, none where it says yes to something that isn't asked.
    """
    said = fold_words(text[:_LONGEST])
    if "?" in text or not said:
        return None
    read = _read(said, langs)
    given = [option for option in options if _gives(read, option, expected)]
    given = [option for option in given if _own(option, expected)] or given
    payloads = tuple(dict.fromkeys(option.payload for option in given))
    if not payloads:  # a yes that binds nobody here, or another act's verb: nothing to guess from
        says = any(phrase & {_YES, *BindingAct} for phrase in read.phrases)
        return Unclear((), text) if says and not read.unknown else None
    return Press(payloads[0]) if len(payloads) == 1 else Unclear(payloads, text)


def refuses(text: str, langs: Languages) -> bool:
    """Return whether a message clearly says no to what is asked."""
    said = fold_words(text[:_LONGEST])
    whole = said in SHIPPED.no or any(said in lang.answers.no for lang in langs)
    return "?" not in text and (whole or _vocabulary(langs).refusing.search(said) is not None)


def wants_another(text: str, langs: Languages) -> bool:
    """Return whether a message asks for another way: "I'd rather pay differently", "wolę inną metodę"."""
    words = fold_words(text[:_LONGEST]).split()
    rather = any(word in _shipped_words("rather") for word in words)
    other = any(word.startswith(tuple(_shipped_words("other"))) for word in words)
    return rather and (other or len(words) == 1) and "?" not in text and not refuses(text, langs)


def unknown_words(text: str, langs: Languages) -> tuple[str, ...]:
    """Return the words of a message beside those of an act."""
    return _read(fold_words(text[:_LONGEST]), langs).unknown


def _gives(read: _Read, option: OptionWords, expected: Expected) -> bool:
    """Return whether the words give this act: by its own verb or, where nothing else is asked, by agreeing."""
    if option.binds is None or read.unknown:
        return False
    verb, beside = {str(option.binds)}, {_about(option.binds), _BESIDE}
    agreeing = {str(BindingAct.agree), _YES}
    fits = _all_of(read.phrases, verb | agreeing | beside)
    if fits and any(phrase & verb for phrase in read.phrases):
        return True
    agreed = fits and any(phrase & agreeing for phrase in read.phrases)
    return agreed and option.binds is not BindingAct.order and _own(option, expected)


def _about(act: BindingAct) -> str:
    return f"about {act}"


def _all_of(phrases: tuple[frozenset[str], ...], kinds: set[str]) -> bool:
    return all(phrase & kinds for phrase in phrases)


def _own(option: OptionWords, expected: Expected) -> bool:
    return option.payload.partition(":")[0] == expected.step


def _read(said: str, langs: Languages) -> _Read:
    words = _vocabulary(langs)
    kinds = tuple(words.kinds[phrase] for phrase in words.known.findall(said))
    return _Read(kinds, tuple(words.known.sub(" ", said).split()))


@lru_cache(maxsize=64)
def _vocabulary(langs: Languages) -> _Vocabulary:
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    every = (_shipped(), *(lang.binding for lang in langs))
    for words in every:
        for act, verbs in words.verbs.items():
            for verb in verbs:
                kinds[verb].add(act)
        for act, nouns in words.about.items():
            for noun in nouns:
                kinds[noun].add(_about(act))
        for phrase in words.beside:
            kinds[phrase].add(_BESIDE)
    verbs = [verb for words in every for verbs in words.verbs.values() for verb in verbs]
    a_verb = _any_of(verbs)
    for phrase in frozenset[str]().union(_shipped().yes, *(lang.answers.yes for lang in langs)):
        if a_verb.search(phrase) is None:  # "yes, I order" is more than a yes
            kinds[phrase].add(_YES)
    refusing = [phrase for words in every for phrase in words.refusals]
    negated = [f"{denial} {verb}" for denial in _shipped().denials for verb in verbs]
    return _Vocabulary(
        {phrase: frozenset(of) for phrase, of in kinds.items()},
        _any_of(kinds),
        _any_of([*refusing, *negated]),
    )


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of any of the phrases, alone or among others, the longest first."""
    spelt = "|".join(re.escape(phrase) for phrase in sorted(phrases, key=len, reverse=True))
    return re.compile(rf"(?<![^ ])(?:{spelt})(?![^ ])")


@cache
def _shipped_words(name: str) -> frozenset[str]:
    return _folded(_raw()["words"][name])


@cache
def _raw() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


@cache
def _shipped() -> BindingWords:
    words = _raw()["words"]
    return BindingWords(
        verbs={BindingAct(name): _folded(verbs) for name, verbs in _raw()["verbs"].items()},
        about={BindingAct(name): _folded(nouns) for name, nouns in _raw()["about"].items()},
        yes=_folded(words["yes"]),
        beside=_folded(words["beside"]),
        denials=_folded(words["denials"]),
        refusals=_folded(words["refusals"]),
    )


def _folded(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(map(fold_words, phrases))
