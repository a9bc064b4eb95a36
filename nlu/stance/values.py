"""The judgement of a value by the words around it: given as the customer's own, or refused, old, another's."""

import re
from collections.abc import Sequence
from functools import lru_cache

from nlu.languages.language import Languages
from nlu.numbers.choose import find_dictated
from nlu.phrase_lines import Forms, alternatives, word_set
from nlu.stance.clauses import LONGEST, TOLD_OF, Part, Stance, part_clauses
from nlu.stance.cues import GONE, UNSURE, FoundCue, but_harmless, cues_in, of_any_language
from nlu.stance.judged import acts_for_themselves, judge_part
from nlu.stance.told_behind import said_anew, told_behind
from values.patterns import regex
from values.slots.word_classes import WordClass, class_of

_SAYS = Forms("values")

_ENDS = regex(r"[.!?\n]")
_MORE_OF_IT = regex(r"\baltr(?=[ie] )", re.I)
_VALUE = regex(
    r"(?<![\w@])(?:[A-Z]{2,3} ?)?\+?\(?\d(?:[ \u00a0.\-–/()]{0,3}\d){6,27}(?![\w@])|[\w.+\-]{1,64}@[\w.\-]{1,190}\w"
)
_MAY_VALUE = regex(r"[\d@]")
_AND = "e"
"""Also the Italian "is" without its accent; before another value it joins."""
_COPULA = frozenset("to jest is s isn e era belongs nalezy appartiene ist gehort".split())
_THAT = frozenset("to ten ta tamten quello quella questo questa e that this it das der die".split())
_NO = word_set("denials", "particles", "answers")
_EXAMPLE = frozenset("jak come tipo np przyklad esempio example like eg say powiedzmy diciamo beispiel".split())
_SAMPLE = frozenset("wzor wzoru przyklad przykladowy esempio example sample beispiel".split())
_WILL = word_set("values", "will")
_SO = frozenset("i to a dobra e problem problema".split())
"""Behind the Polish word by which one goes on: "987… no i kod"."""
_REST, _REST_WITHIN = regex(alternatives("values", "rest")), 3
_SHORT = 6
_WAS, _GOOD = word_set("values", "was"), word_set("values", "good")
"""Beside what is good it was no other before: "jednak dobrze było: …" keeps it."""
_HANGS_ON = frozenset("ze that che dass".split())
_WITHIN = 3
_GIVEN = frozenset({Stance.asserted, Stance.besides})
_GONE_WITHIN = 5
_REACH = 5
_HELD, _VERB = 1, WordClass.verb
"""A person this close behind a value has it."""


def stance_at(text: str, start: int, end: int, langs: Languages) -> Stance:
    """Return how a value that stands in a message is meant: the customer's own, now, or refused, old, another's."""
    part = _part_at(text, start)
    if part is None:
        return Stance.asserted
    last = _part_at(text, end - 1) or part
    before = _before(text, part, start)
    behind = [token.word for token in last.words if token.start >= end]
    cues = _cues(before, langs)
    free = not any(cue.kind in ("giving", "requested", "wish") for cue in cues)
    if (told := told_behind(text, start, end, asks=last.asks, free=free)) is not None:
        return told
    if not before and not behind:
        return _told_beside(text, part, last, langs)
    led = _led(before, cues, asks=part.asks)
    if led is not Stance.asserted:
        return led
    if any(_SAYS.is_yours.fullmatch(" ".join(words)) is not None for words in (before, behind)):
        return Stance.others
    if before[-1:] and before[-1] in _WAS and _GOOD.isdisjoint(before[-_WITHIN:]):
        return Stance.asserted if _puts_right(text, part, langs) else Stance.past
    if (closed := _closed(text, last, langs)) is not None:
        return closed
    example = not _EXAMPLE.isdisjoint(before[-2:]) or not _SAMPLE.isdisjoint(before)
    asks = (example or part.start > 0) and _sentence_asks(text, part, langs)
    if (asks and example) or ((asks or _WILL.intersection(before)) and _depends(text, part, langs)):
        return Stance.conditional
    another = _VALUE.search(text, end, last.end) is not None
    return _told_behind(behind, _cues(behind, langs), another=another) if behind else Stance.asserted


def _puts_right(text: str, part: Part, langs: Languages) -> bool:
    """Return whether the clause before denies what is there, so that "was" is what should be: "not mine! It was …"."""
    before = next((one for one in reversed(part_clauses(text)) if one.end <= part.start), None)
    return before is not None and before.words[0].word in _THAT and judge_part(before, langs) is Stance.negated


def _before(text: str, part: Part, start: int) -> list[str]:
    """Return the words before a value in its clause, with those of the clause that it hangs on ("…, że to 512 …")."""
    before = [token.word for token in part.words if token.end <= start]
    if before and before[0] in _HANGS_ON and part.start:
        before[:0] = [token.word for token in part_clauses(text)[part_clauses(text).index(part) - 1].words]
    return before


def _told_beside(text: str, part: Part, last: Part, langs: Languages) -> Stance:
    """Return what the clauses around a bare value say of it: "if I gave you my daughter's, 669 …", "512 …, not mine".

    The one before names it; the one behind says whose it is, where no other value is given there.
    """
    parts = part_clauses(text)
    at = parts.index(part)
    if at and _ENDS.search(text, parts[at - 1].end - 1, parts[at - 1].end) is None:
        words = [token.word for token in parts[at - 1].words]
        if _VALUE.search(text, parts[at - 1].start, parts[at - 1].end) is None:
            named = _led(words, _cues(words, langs), asks=any(one.asks for one in parts[at:]))
            if named in (Stance.others, Stance.conditional, Stance.doubted):
                return named
    if (closed := _closed(text, last, langs)) is not None:
        return closed
    after = parts[parts.index(last) + 1 :]
    if not after or _VALUE.search(text, last.end) is not None:
        return Stance.asserted
    words = [token.word for token in after[0].words]
    how, cues = judge_part(after[0], langs), cues_in(words, langs)
    points = last.asks or words[0] in _THAT
    if (how is Stance.others and points) or (how is Stance.negated and (last.asks or _is_disowned(words, cues))):
        return how
    return _told_behind(["is", *words], cues_in(["is", *words], langs)) if words[0] in _THAT else Stance.asserted


def _closed(text: str, last: Part, langs: Languages) -> Stance | None:
    """Return what a short clause right behind the value's says of it: "526 …, I think", "526 …, is that you?"."""
    parts = part_clauses(text)
    after = next((one for one in parts if one.start >= last.end), None)
    if after is None or len(after.words) > _SHORT or _VALUE.search(text, last.end) is not None:
        return None
    words = [token.word for token in after.words]
    if after.asks and _SAYS.is_yours.fullmatch(" ".join(words)) is not None:
        return Stance.asked
    rest = any(_REST.fullmatch(word) for word in words[:_REST_WITHIN])  # said of all but the value
    return Stance.doubted if not rest and _is_doubted(words, _cues(words, langs)) else None


def _is_doubted(words: Sequence[str], cues: Sequence[FoundCue]) -> bool:
    """Return whether what follows a value doubts it at once; "I think that's the one" does not."""
    return any(cue.kind == "doubted" and cue.start <= 1 for cue in cues) and _SAYS.is_it.search(" ".join(words)) is None


def _cues(words: Sequence[str], langs: Languages) -> tuple[FoundCue, ...]:
    """Return the cues beside a value: those of a clause, and those by which its author isn't sure of it."""
    unsure = of_any_language(UNSURE).cues(words)
    return (*but_harmless(cues_in(words, langs)), *(FoundCue("doubted", cue.start, cue.end) for cue in unsure))


def _is_disowned(words: Sequence[str], cues: Sequence[FoundCue]) -> bool:
    """Return whether a clause behind a value says that it isn't the customer's: "that's not mine"."""
    denied = next((cue for cue in cues if cue.kind == "negated"), None)
    return denied is not None and any(_SAYS.owned.fullmatch(word) for word in words[denied.end : denied.end + _REACH])


def _led(words: Sequence[str], cues: Sequence[FoundCue], *, asks: bool) -> Stance:
    """Return what the words before a value say of it."""
    if any(cue.kind in ("kin", "others", "theirs") and not _speaks(words[cue.end :]) for cue in cues):
        return Stance.others
    given = [cue for cue in cues if cue.kind == "giving"]
    for kind in ("past", "negated", "conditional", "doubted", "besides"):
        reach = 0 if kind == "past" else 1
        named = ("negated", "instead") if kind == "negated" else (kind,)
        of_kind = [cue for cue in cues if cue.kind in named and not any(g.start >= cue.end + reach for g in given)]
        # A verb tells what is there in place of the old one: "instead of that number put …".
        of_kind = [cue for cue in of_kind if cue.kind != "instead" or _VERB not in map(class_of, words[cue.end + 1 :])]
        if of_kind and not (kind == "past" and any(g.start <= of_kind[0].start < g.end for g in given)):
            return Stance(kind)
    if any(cue.kind == "later" for cue in cues) and _WILL.intersection(words):
        return Stance.later
    opens = {cue.kind for cue in cues if cue.start <= 1}
    asked = "asking" in opens or (asks and not opens.isdisjoint(("question", "requested")))
    return Stance.asked if asked and not given else Stance.asserted


def _speaks(words: Sequence[str]) -> bool:
    said = words[2:] if words[:2] == ["of", "mine"] else words
    return any(_SAYS.speaks.fullmatch(word) for word in said)


def _told_behind(words: Sequence[str], cues: Sequence[FoundCue], *, another: bool = False) -> Stance:
    """Return what the words behind a value say of it: "… is my wife's", "… to mój stary numer".

    `another`: they name another value, which a "no" before it is about.
    """
    gives = any(cue.kind == "giving" and cue.start <= 1 for cue in cues)
    if not another and words[0] in _NO and len(words) > 1 and words[1] not in _SO and not gives:
        return Stance.negated  # "987… no mi raccomando"
    if any(cue.start <= _GONE_WITHIN for cue in of_any_language(GONE).cues(words)):
        return Stance.past
    if _is_disowned(words, [cue for cue in cues if cue.start <= _WITHIN]):
        return Stance.negated
    if any(cue.kind == Stance.others and cue.start <= 1 for cue in cues):
        return Stance.others
    if _is_doubted(words, cues):
        return Stance.doubted
    held = next((cue for cue in cues if cue.kind == "kin" and 0 < cue.start <= _HELD), None)
    if held is not None and words[0] not in _COPULA and not _speaks(words) and acts_for_themselves(words, cues):
        return Stance.others  # "… odbiera sekretarka"
    copula = words[0] in _COPULA and not (another and words[0] == _AND)
    if not copula and not any(cue.start == 0 and cue.kind == "past" for cue in cues):
        return Stance.asserted
    near = {cue.kind for cue in cues if cue.start <= _REACH}
    if near & {"kin", "others"}:
        return Stance.others
    return Stance.past if "past" in near else Stance.asserted


def _part_at(text: str, place: int) -> Part | None:
    return next((one for one in part_clauses(text) if one.start <= place < one.end), None)


def _sentence_asks(text: str, part: Part, langs: Languages) -> bool:
    """Return whether the sentence of a clause ends with a question mark, or asks without one from there on."""
    end = _ENDS.search(text, part.end - 1)
    if end is not None and end.group() == "?":
        return True
    stop = len(text) if end is None else end.end()
    behind = (one for one in part_clauses(text) if part.start <= one.start < stop)
    return any(cue.kind == "asking" for one in behind for cue in cues_in([t.word for t in one.words], langs))


def _depends(text: str, part: Part, langs: Languages) -> bool:
    """Return whether a clause before, in the same sentence, is a condition."""
    for before in reversed([one for one in part_clauses(text) if one.end <= part.start]):
        if _ENDS.search(text, before.end - 1, before.end) is not None:
            return False
        if judge_part(before, langs) is Stance.conditional:
            return True
    return False


@lru_cache(maxsize=4)  # asked for a message's facts, for its meaning, and where it is read again
def hide_withheld(text: str, langs: Languages, *, dictated: bool = False) -> str:
    """Return a message of the same length without the numbers and addresses that its author doesn't give as theirs.

    One that the right value of its kind follows stays: it is what is put right ("not 512 …, but 600 …"). `dictated`:
    numbers in words are looked for, too.
    """
    valued = _MAY_VALUE.search(text) is not None
    places = [match.span() for match in _VALUE.finditer(text[:LONGEST])] if valued else []
    if dictated:
        places = sorted([*places, *find_dictated(text[:LONGEST], places, langs)])
    ends = [None, *(end for _, end in places)]
    judged = [
        (start, end, said_anew(text, before, start, langs) or stance_at(text, start, end, langs))
        for before, (start, end) in zip(ends, places, strict=False)
    ]
    given: set[bool] = set()
    for start, end, how in reversed(judged):
        address = "@" in text[start:end]
        if how in _GIVEN:
            given.add(address)
        elif how is Stance.others or address not in given:
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def not_given(text: str, langs: Languages) -> tuple[str, ...]:
    """Return the numbers and addresses that a message names without giving them as its author's own, now."""
    left = hide_withheld(text, langs)
    spans = [match.span() for match in _VALUE.finditer(text[:LONGEST])] if left != text else []
    return tuple(dict.fromkeys(text[start:end].strip() for start, end in spans if not left[start:end].strip()))


def is_told_of(text: str, start: int, end: int, langs: Languages) -> bool:
    """Return whether a number is told of and not wished for; "altri due anni" are more of them, and nobody else's."""
    return stance_at(_MORE_OF_IT.sub("nuov", text), start, end, langs) in TOLD_OF
