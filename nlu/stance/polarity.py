"""The polarity of what is said of a thing: that it is to be, or that it isn't.

Counted, not guessed. A denial, a verb of turning off, "without" each reverse what their clause says, with the clause
that a complementiser hangs on it ("nie chcę, żeby …"); two reversals give back what they take ("don't turn it off").

A denial that governs the verb of an act leaves all that its clause names as it is: the act isn't done, and the value in
it isn't taken.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, wish, word_set
from nlu.stance.clauses import APART, LONGEST
from nlu.stance.cues import cues_in
from nlu.tokens import tokens
from values.parsing import fold_words
from values.patterns import regex

_SAYS, _DENIED = Forms("polarity"), Forms("denied_acts")

_DENIALS = word_set("denials", "particles", "joined")
_CONTRACTED = word_set("denials", "contracted")
_WITHOUT = word_set("denials", "without")
"""They deny only what stands right behind them: "without asking me" refuses nothing."""
_REACH = 3
_FROM = ["from"]
"""Right before a thing it denies it: "keep it from renewing"."""
ONLY = regex(r"\b(?:nie|non|not|nicht) (?:tylko|solo|soltanto|only|just|nur)\b")
"""A denial that only says that there is no more."""
HARMLESS = wish("polarity", "<harmless>")
"""Denials that deny nothing."""
_DENYING = frozenset({"negated", "instead", "complained"})
_MAY_DENY = regex(
    r"n['’ ]?t\b|not\b|ni(?:e|gdy)\b|non\b|never\b|nicht\b|niemals|kein|ohne\b|ani\b|without"
    r"|no(?: (?:need|reason|wish|inten|desire|plan|c|e)|body)"
    r"|instead",
    re.I,
)
_JOINS = frozenset({"and", "i", "oraz", "e", "ed", "und", "ani"})
_POLISH = regex(r"\b(?:nie|nigdy|ani)\b", re.I)
"""Its "i" is the word that joins clauses: the Italian one is an article."""

_HANGS_ON = regex(r"\s*(?:[żz]eby\w*|aby\w*|[żz]e|che|dass|that|to)\b", re.I)
"""Goes on with what the clause before denies: "nie prosiłem, żeby …"."""


def find_spared(words: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words right behind one that denies these alone, each with that one: "without a phone"."""
    return [(one, word) for at, one in enumerate(words) if one in _WITHOUT for word in words[at + 1 : at + _REACH]]


class Polarity(Struct, frozen=True):
    """The answer whether a thing is to be, which is None where words of it go both ways.

    `plain`: it is asked for, or denied, in so many words, so that nothing else has to say so.
    """

    on: bool | None
    plain: bool = False


_UNTOLD = Polarity(None)


@lru_cache(maxsize=8)  # several readers look at one message in a row
def polarity(text: str, about: re.Pattern[str], langs: Languages) -> Polarity | None:
    """Return the polarity of what a message says of the thing that `about` finds in folded words; None of nothing."""
    judged = [_of_clause(said, about, langs) for said in _hung(text) if about.search(said) is not None]
    if not judged:
        return None
    return judged[-1] if len({one.on for one in judged}) == 1 else _UNTOLD


def _hung(text: str) -> Iterator[str]:
    """Yield the clauses of a message in folded words, each with those that a complementiser hangs on it."""
    whole = ""
    for part in APART.split(text):
        said = fold_words(part)
        if whole and _SAYS.hangs_on.match(said) is not None:
            whole = f"{whole} {said}"
            continue
        if whole:
            yield whole
        whole = said
    if whole:
        yield whole


def _of_clause(said: str, about: re.Pattern[str], langs: Languages) -> Polarity:
    said = HARMLESS.sub(" ", ONLY.sub(" ", said))
    found = about.search(said)
    if found is None:
        return Polarity(on=True)
    before, behind = said[: found.start()].split(), said[found.end() :].split()
    words = [*before, *behind]
    if langs[0].code == "pl" and words[:1] == ["no"]:  # Polish opens with it
        words = words[1:]
        before = before[1:]
    denials = sum(_denies(words, at) for at in range(len(words)))
    denied = denials or any(_SAYS.none.fullmatch(word) for word in words) or not _WITHOUT.isdisjoint(before[-_REACH:])
    denied = denied or before[-1:] == _FROM
    turned = sum(_SAYS.turns_off.fullmatch(word) is not None for word in words)
    if denials > 1 or turned > 1:
        return _UNTOLD
    on = bool(denied) == bool(turned)
    return Polarity(on, plain=not on or (not turned and _SAYS.asks_for.search(said[: found.start()]) is not None))


def _denies(words: Sequence[str], at: int) -> bool:
    return words[at] in _DENIALS or (words[at] in _CONTRACTED and words[at + 1 : at + 2] == ["t"])


def denies(before: str, langs: Languages, *, within: int = 2) -> bool:
    """Return whether a clause denies what stands right behind it, with at most so many words between."""
    words = fold_words(before).split()
    cues = cues_in(words, langs)
    ends = (cue.start + 1 if cue.kind == "complained" else cue.end for cue in cues if cue.kind in _DENYING)
    denied = max(ends, default=0)
    gives = any(cue.kind == "giving" and cue.start >= denied for cue in cues)
    return denied > 0 and len(words) - denied <= within and not gives


def between_denials(text: str, langs: Languages) -> Iterator[str]:
    """Yield what stands before, between and behind the words of denial of a text."""
    said, start = tokens(text), 0
    for cue in cues_in([token.word for token in said], langs):
        if cue.kind in ("negated", "instead"):
            yield text[start : said[cue.start].start]
            start = said[cue.end - 1].end
    yield text[start:]


@lru_cache(maxsize=8)  # asked for what a message does, for its facts, and for the parts of an address in it
def without_denied_acts(text: str, *, kept: bool = False) -> str:
    """Return a message of the same length without the clauses that deny an act.

    `kept`: only of acts that end or turn something: "don't write to me" may be the wish to take a consent back.
    """
    if _MAY_DENY.search(text) is None:
        return text
    denied = False
    for start, end, behind, joined in _clauses(text[:LONGEST]):
        said = fold_words(text[start:end])
        goes_on = denied and (not said or (joined and _DENIED.acts.search(said) is None))  # "…, but": its words go, too
        denied = goes_on or _is_denied(text[start:end], said, kept=kept)
        if denied:
            text = text[:start] + " " * (behind - start) + text[behind:]
    return text


def _is_denied(clause: str, said: str, *, kept: bool) -> bool:
    found = "?" not in clause and (_DENIED.switched.search(said) or (not kept and _DENIED.done.search(said)))
    return bool(found) and _DENIED.unable.search(said) is None


def _clauses(text: str) -> Iterator[tuple[int, int, int, bool]]:
    """Yield where clauses begin, end and the next one begins, each with whether "and" joins it to the one before."""
    start, joined, joins = 0, False, _JOINS if _POLISH.search(text) is not None else _JOINS - {"i"}
    for border in APART.finditer(text):
        word = border.group().lower()
        within = word in "./+" and not text[border.end() : border.end() + 1].isspace()  # an address, a number
        if within or (word == "i" and word not in joins) or _HANGS_ON.match(text, border.end()) is not None:
            continue
        yield start, border.end() if word == "?" else border.start(), border.end(), joined
        start, joined = border.end(), word in joins
    yield start, len(text), len(text), joined
