"""The stance of a clause: asserted by the customer, of themselves, now; or denied, past, asked, somebody else's.

The one judgement for whatever acts outward, wipes or binds: an SMS, a letter, an order's card, a consent, a hand-over.
The words stand in phrases/stance/LANGUAGE.toml; a language without a file is read by the words of the others that are
the same in none.
"""

import re
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from msgspec import Struct

from nlu.binding_words import expanded
from nlu.languages.language import Languages
from nlu.numbers.groups import runs
from nlu.tokens import Token, tokens

_FOLDER = Path(__file__).parent / "phrases" / "stance"
_OWN = "own_"
_TOLD = "told"
"""Of verbs in the past by their endings: a value beside one isn't an old one ("I mistyped it: 512 …")."""
_LONGEST = 2000
_MARK = re.compile(r"[,;!?\n]|\.(?=\s|$)|:(?=\s*[^\W\d_])(?!\s*(?:\S+@|[A-Z]{2,3} ?\d))|(?<=\s)[-–—](?=\s)")
_ENDS = re.compile(r"[.!?\n]")
_QUOTED = re.compile(r"[\"„”“«»]")
_QUOTES = '"„”“«» .!'
"""Around a whole message these only show where it begins and ends: "type “cancel”"."""
_VALUE = re.compile(
    r"(?<![\w@])(?:[A-Z]{2,3} ?)?\+?\(?\d(?:[ \u00a0.\-–/()]{0,3}\d){6,27}(?![\w@])|[\w.+\-]{1,64}@[\w.\-]{1,190}\w"
)
_GRUNT = re.compile(r"(?:[hmyue]*h?m+h?m*|[eahou]h+|y{2,}|e{2,}|u+h+)")
_SPEAKS = re.compile(
    r"(?:mowi\w?|pisz[ea]|twierdzi|powiedzial\w|dice|detto|scrive|says|said|told|tells|sagt|meint|moj\w?|nasz\w?|mi[oa]|mine|ours?|nostr[oa])"
)
_POSSESSIVE = re.compile(
    r"(?:moi?[jm]\w*|nasz\w*|wasz\w*|swo\w*|mi[oae]i?|nostr\w|vostr\w|suo|sua|my|our|your|the|an?|ihr\w*|mein\w*)"
)
_COPULA = frozenset("to jest is s isn e era belongs nalezy appartiene ist gehort".split())
_OWNED = re.compile(
    r"(?:moj|nasz|mio|mia|nostr|my|mine|our|mein|aktualn|dziala|work|valid|current|wazn|funziona|attiv|dobr)"
    r"\w*"
)
_WILL = frozenset(
    "bede bedzie bedziemy will ll saro sara avro avremo saremo wird werde would wouldn sarebbe byloby".split()
)
_WITHIN, _REACH = 3, 4
_FEWEST_DIGITS = 7
_SMALL = frozenset("a i e and und so ok no hm ej hej hi hello ciao ale ma but to prosze please".split())


class Stance(StrEnum):
    """A clause is asserted by the customer, of themselves, now, or is one of these."""

    asserted = "asserted"
    requested = "requested"
    """Asked for politely: "can I …?", "mogę prosić o …?"; as good as asserted for what neither binds nor wipes."""
    complained = "complained"
    """A complaint that something doesn't work: as good as asserted for what mends it."""
    negated = "negated"
    past = "past"
    asked = "asked"
    conditional = "conditional"
    doubted = "doubted"
    later = "later"
    others = "others"
    """Another person's act or value."""
    quoted = "quoted"
    reserved = "reserved"
    """All but something: "the rest is fine"."""
    filler = "filler"
    """A grunt, or words beside a yes by which it is none: "tak sobie", "sì insomma", "ok, I see"."""


POLITE = frozenset({Stance.asserted, Stance.requested, Stance.complained})
"""As good as asserted for a hand-over, a log-in, the language and a new code."""
_ASSERTED = frozenset({Stance.asserted})
_BY_WEIGHT = ("quoted", "conditional", "others", "negated", "reserved", "past", "later", "doubted")


class _Cue(Struct, frozen=True):
    """A phrase of the tables in a row of words: of which table, and from which word to which."""

    kind: str
    start: int
    end: int


class _Table:
    """Phrases by their first word, and endings, of every language that counts in a conversation."""

    def __init__(self, rows: Iterable[tuple[str, Iterable[str]]]) -> None:
        self._exact: defaultdict[str, list[tuple[list[str], str]]] = defaultdict(list)
        self._begun: defaultdict[str, list[tuple[list[str], str]]] = defaultdict(list)
        self._endings: dict[str, str] = {}
        self._behind: set[str] = set()
        self._participles: set[str] = set()
        for kind, phrases in rows:
            self._file(kind, sorted(phrases))
        self._lengths = sorted({len(ending) for ending in (*self._endings, *self._participles)})

    def _file(self, kind: str, phrases: Iterable[str]) -> None:
        for phrase in phrases:
            first, *_ = words = phrase.split()
            if kind.endswith("_after"):
                self._behind.add(phrase)
            elif kind == "participle":
                self._participles.add(phrase)
            elif kind.endswith("_endings"):
                self._endings[phrase] = kind.removesuffix("_endings")
            else:
                table = self._begun if first.endswith("*") else self._exact
                table[first.rstrip("*")[:3] if first.endswith("*") else first].append((words, kind))

    def cues(self, words: Sequence[str]) -> tuple[_Cue, ...]:
        """Return the cues in a row of words, each as long as it goes; those of several kinds stand at one place."""
        found: list[_Cue] = []
        at = 0
        while at < len(words):
            here = [
                (len(phrase), kind)
                for phrase, kind in (*self._exact.get(words[at], ()), *self._begun.get(words[at][:3], ()))
                if _stands(phrase, words, at)
            ]
            longest = max((length for length, _ in here), default=0)
            kinds = {kind for length, kind in here if length == longest}
            if not here and (ending := self._ending(words, at)) is not None:
                longest, kinds = 1, {ending}
            found += (_Cue(kind, at, at + longest) for kind in sorted(kinds))
            at += max(longest, 1)
        return tuple(found)

    def _ending(self, words: Sequence[str], at: int) -> str | None:
        word = words[at]
        for length in self._lengths:
            if len(word) > length + 1:
                if (kind := self._endings.get(word[-length:])) is not None:
                    return _TOLD if kind == "past" else kind
                if word[-length:] in self._participles and not self._behind.isdisjoint(
                    (*words[max(0, at - 2) : at], " ".join(words[max(0, at - 2) : at]))
                ):
                    return _TOLD
        return None


def _stands(phrase: Sequence[str], words: Sequence[str], at: int) -> bool:
    if at + len(phrase) > len(words):
        return False
    for beside, known in enumerate(phrase):  # a loop: it is gone through for every word of every message
        said = words[at + beside]
        if said != known and not (known[-1] == "*" and said.startswith(known[:-1])):
            return False
    return True


class _Part(Struct, frozen=True):
    """A clause of a message: where it stands, its words, and the mark that ends its sentence."""

    start: int
    end: int
    words: tuple[Token, ...]
    asks: bool
    quoted: bool


def clauses(text: str) -> tuple[str, ...]:
    """Return the clauses of a message, each with the mark that ends it: what commas, marks and lines part."""
    return tuple(text[clause.start : clause.end].strip() for clause in _clauses(text))


@lru_cache(maxsize=4)
def _clauses(text: str) -> tuple[_Part, ...]:
    words, found, start = tokens(text[:_LONGEST]), list[_Part](), 0
    ends = [match.end() for match in _MARK.finditer(text[:_LONGEST])]
    for end in (*ends, len(text[:_LONGEST])):
        own = tuple(token for token in words if start <= token.start < end)
        if own:
            quoted = _QUOTED.search(text.strip(_QUOTES)) is not None and _QUOTED.search(text, start, end) is not None
            found.append(_Part(start, end, own, "?" in text[start:end], quoted))
        elif found and "?" in text[start:end]:  # "really?!"
            last = found.pop()
            found.append(_Part(last.start, end, last.words, True, last.quoted))
        start = end
    return tuple(found)


def stance(clause: str, langs: Languages) -> Stance:
    """Return how one clause is meant; of several in it, how the first that isn't asserted is."""
    found = [_judged(part, langs) for part in _clauses(clause)]
    return next((one for one in found if one is not Stance.asserted), Stance.asserted if found else Stance.filler)


def asserted(
    text: str,
    langs: Languages,
    *,
    about: re.Pattern[str] | Callable[[str], bool] | None = None,
    polite: bool = False,
) -> bool:
    """Return whether the customer says this, of themselves, now.

    `about` finds the clauses that count, in folded words or by a test of a clause's text; without it, or where none of
    the clauses alone is about it, all of them do. `polite`: a request in the form of a question and a complaint will
    do, as for a hand-over, a log-in, the language or a new code; never for what binds or wipes.
    """
    enough = POLITE if polite else _ASSERTED
    found = stances(text, langs, about)
    return bool(found) and all(one in enough for one in found)


def stances(
    text: str, langs: Languages, about: re.Pattern[str] | Callable[[str], bool] | None = None
) -> tuple[Stance, ...]:
    """Return how the clauses that count are meant, as `asserted` finds them; a condition beside them counts, too."""
    parts = _clauses(text)
    told = [(part, _judged(part, langs)) for part in parts]
    if about is None:
        return tuple(one for _, one in told)
    counting = [part for part in parts if _is_about(text, part, about)] or parts
    return tuple(one for part, one in told if part in counting or one is Stance.conditional)


def _is_about(text: str, part: _Part, about: re.Pattern[str] | Callable[[str], bool]) -> bool:
    if isinstance(about, re.Pattern):
        return about.search(" ".join(token.word for token in part.words)) is not None
    return about(text[part.start : part.end].strip())


def _judged(part: _Part, langs: Languages) -> Stance:
    words = [token.word for token in part.words]
    cues = _table(langs).cues(words)
    kinds = {cue.kind for cue in cues}
    if part.quoted:
        return Stance.quoted
    if "kin" in kinds and _acts(words, cues):
        kinds.add("others")
    asks = part.asks or (words[0] if words[0] not in _SMALL else words[min(1, len(words) - 1)]) == "czy"
    if "filler" in kinds or all(_GRUNT.fullmatch(word) for word in words):
        return Stance.filler
    if asks or "requested" in kinds:
        return _asking(kinds)
    if "complained" in kinds and not kinds & {"others", "conditional", "quoted"}:
        return Stance.complained
    kinds -= _before_the_wish(cues)
    if _TOLD in kinds:
        kinds = kinds - {_TOLD} | {"past"}
    opened = cues and cues[0].kind == "question" and cues[0].start == 0 and not kinds & set(_BY_WEIGHT)
    if opened and "wish" not in kinds:
        return Stance.asked
    return next((Stance(kind) for kind in _BY_WEIGHT if kind in kinds), Stance.asserted)


def _asking(kinds: set[str]) -> Stance:
    for kind in ("others", "conditional", "quoted"):
        if kind in kinds:
            return Stance(kind)
    return Stance.requested if "requested" in kinds else Stance.complained if "complained" in kinds else Stance.asked


def _acts(words: Sequence[str], cues: Sequence[_Cue]) -> bool:
    """Return whether a person of the customer's acts: not one who is only talked to, or acted for."""
    company = {cue.end for cue in cues if cue.kind == "company"}
    wish = min((cue.end for cue in cues if cue.kind == "wish"), default=len(words))

    def acts(cue: _Cue) -> bool:
        beside = cue.start in company or (cue.start - 1 in company and _POSSESSIVE.fullmatch(words[cue.start - 1]))
        return not beside and cue.start < wish

    return any(cue.kind == "kin" and acts(cue) for cue in cues)


def _before_the_wish(cues: Sequence[_Cue]) -> frozenset[str]:
    """Return the kinds that say what was before, where a wish follows: "I have no account and I want one"."""
    wish = max((cue.start for cue in cues if cue.kind == "wish"), default=-1)
    near = {cue.kind for cue in cues if cue.start >= wish or (cue.kind == "negated" and cue.end + 1 >= wish)}
    told = {cue.kind for cue in cues if cue.start < wish}
    return frozenset({"past", _TOLD, "negated", "complained"} & (told - near)) if wish >= 0 else frozenset()


def stance_at(text: str, start: int, end: int, langs: Languages) -> Stance:
    """Return how a value that stands in a message is meant: the customer's own, now, or refused, old, another's."""
    part = next((one for one in _clauses(text) if one.start <= start < one.end), None)
    if part is None:
        return Stance.asserted
    before = [token.word for token in part.words if token.end <= start]
    behind = [token.word for token in part.words if token.start >= end]
    if not before and not behind:
        return Stance.asserted
    table = _table(langs)
    led = _led(before, table.cues(before), asks=part.asks)
    if led is not Stance.asserted:
        return led
    if _WILL.intersection(before) and _depends(text, part, langs):
        return Stance.conditional
    return _told_behind(behind, table.cues(behind)) if behind else Stance.asserted


def _led(words: Sequence[str], cues: Sequence[_Cue], *, asks: bool) -> Stance:
    """Return what the words before a value say of it."""
    if any(cue.kind in ("kin", "others", "theirs") and not _speaks(words[cue.end :]) for cue in cues):
        return Stance.others
    given = [cue for cue in cues if cue.kind == "giving"]
    for kind in ("past", "negated", "conditional"):
        reach = 0 if kind == "past" else 1
        of_kind = [cue for cue in cues if cue.kind == kind and not any(g.start >= cue.end + reach for g in given)]
        if of_kind and not (kind == "past" and any(g.start <= of_kind[0].start < g.end for g in given)):
            return Stance(kind)
    if any(cue.kind == "later" for cue in cues) and _WILL.intersection(words):
        return Stance.later
    opens = [cue for cue in cues if cue.kind in ("question", "requested") and cue.start <= 1]
    return Stance.asked if opens and asks and not given else Stance.asserted


def _speaks(words: Sequence[str]) -> bool:
    said = words[2:] if words[:2] == ["of", "mine"] else words
    return any(_SPEAKS.fullmatch(word) for word in said)


def _told_behind(words: Sequence[str], cues: Sequence[_Cue]) -> Stance:
    """Return what the words behind a value say of it: "… is my wife's", "… to mój stary numer"."""
    denied = next((cue for cue in cues if cue.kind == "negated" and cue.start <= _WITHIN), None)
    if denied is not None and any(_OWNED.fullmatch(word) for word in words[denied.end : denied.end + _REACH]):
        return Stance.negated
    if any(cue.kind == "others" and cue.start <= 1 for cue in cues):
        return Stance.others
    if words[0] not in _COPULA and not any(cue.start == 0 and cue.kind == "past" for cue in cues):
        return Stance.asserted
    near = {cue.kind for cue in cues if cue.start <= _REACH}
    if near & {"kin", "others"}:
        return Stance.others
    return Stance.past if "past" in near else Stance.asserted


def _depends(text: str, part: _Part, langs: Languages) -> bool:
    """Return whether a clause before, in the same sentence, is a condition."""
    for before in reversed([one for one in _clauses(text) if one.end <= part.start]):
        if _ENDS.search(text, before.end - 1, before.end) is not None:
            return False
        if _judged(before, langs) is Stance.conditional:
            return True
    return False


@lru_cache(maxsize=4)  # asked for a message's facts, for its meaning, and where it is read again
def withheld(text: str, langs: Languages, *, dictated: bool = False) -> str:
    """Return a message of the same length without the numbers and addresses that its author doesn't give as theirs.

    One that the right value of its kind follows stays: it is what is put right ("not 512 …, but 600 …"). `dictated`:
    numbers in words are looked for, too.
    """
    places = [match.span() for match in _VALUE.finditer(text[:_LONGEST])]
    if dictated:
        places = sorted([*places, *_dictated(text, places, langs)])
    judged = [(start, end, stance_at(text, start, end, langs)) for start, end in places]
    given: set[bool] = set()
    for start, end, how in reversed(judged):
        address = "@" in text[start:end]
        if how is Stance.asserted:
            given.add(address)
        elif how is Stance.others or address not in given:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def _dictated(text: str, typed: Sequence[tuple[int, int]], langs: Languages) -> Iterator[tuple[int, int]]:
    """Yield where numbers stand in words, or partly so; of one that is put right only the last saying of it."""
    for run in runs(text[:_LONGEST], langs):
        groups = run.segments[-1].groups
        if not groups or sum(len(group.readings()[0]) for group in run.groups) < _FEWEST_DIGITS:
            continue
        start, end = groups[0].start, groups[-1].end
        if not any(one < end and start < other for one, other in typed):
            yield start, end


def _table(langs: Languages) -> _Table:
    return _made(langs[0].code)


@lru_cache(maxsize=16)
def _made(own: str) -> _Table:
    rows: list[tuple[str, Iterable[str]]] = []
    for code, raw in _raw().items():
        behind = "past_after" in raw
        for name, lines in raw.items():
            kind = name.removeprefix(_OWN)
            if kind == name or code == own:
                rows.append(("participle" if behind and kind == "past_endings" else kind, expanded(lines)))
    return _Table(rows)


@cache
def _raw() -> Mapping[str, Mapping[str, Sequence[str]]]:
    return dict(_files())


def _files() -> Iterator[tuple[str, Mapping[str, Sequence[str]]]]:
    for path in sorted(_FOLDER.glob("*.toml")):
        yield path.stem, tomllib.loads(path.read_text(encoding="utf-8"))
