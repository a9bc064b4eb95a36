"""The judgement of a clause, and of the clauses of a message that are about something."""

import re
from collections.abc import Callable, Sequence

from nlu.languages.language import Languages
from nlu.phrase_lines import Forms, word_set
from nlu.slips import InnerSlips
from nlu.stance.clauses import APART, BY_WEIGHT, POLITE, TOLD_OF, Part, Stance, part_clauses
from nlu.stance.cues import TOLD, FoundCue, cues_in
from values.parsing import fold_words
from values.patterns import regex
from values.slots.word_classes import TALK, WordClass, class_of

_SAYS = Forms("judged")

_GRUNT = regex(r"(?:[hmyue]*h?m+h?m*|[eahou]h+|y{2,}|e{2,}|u+h+)")
_SMALL = frozenset("a i e and und so ok no hm ej hej hi hello ciao ale ma but to prosze please".split())
_ASSERTED = frozenset({Stance.asserted})
ACTS = Forms("asked_acts")
_SLIPS = InnerSlips(word_set("asked_acts", "nouns"))
_TOLD_OF = TOLD_OF - {Stance.conditional}
_ASKING = TALK | frozenset({WordClass.particle, WordClass.quality})


def stance(clause: str, langs: Languages) -> Stance:
    """Return how one clause is meant; of several in it, how the first that isn't asserted is."""
    found = [judge_part(part, langs) for part in part_clauses(clause)]
    return next((one for one in found if one is not Stance.asserted), Stance.asserted if found else Stance.filler)


def is_asserted(
    text: str, langs: Languages, *, about: re.Pattern[str] | Callable[[str], bool] | None = None, polite: bool = False
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
    """Return how the clauses that count are meant, as `is_asserted` finds them; a condition beside them counts, too."""
    parts = part_clauses(text)
    told = [(part, judge_part(part, langs)) for part in parts]
    if about is None:
        return tuple(one for _, one in told)
    counting = [part for part in parts if _is_about(text, part, about)] or parts
    return tuple(one for part, one in told if part in counting or one is Stance.conditional)


def _is_about(text: str, part: Part, about: re.Pattern[str] | Callable[[str], bool]) -> bool:
    if not callable(about):
        return about.search(" ".join(token.word for token in part.words)) is not None
    return about(text[part.start : part.end].strip())


def judge_part(part: Part, langs: Languages) -> Stance:
    words = [token.word for token in part.words]
    cues = cues_in(words, langs)
    kinds = {cue.kind for cue in cues}
    if part.quoted:
        return Stance.quoted
    if "kin" in kinds and acts_for_themselves(words, cues):
        kinds.add("others")
    opens = words[0] if words[0] not in _SMALL else words[min(1, len(words) - 1)]
    asks = part.asks or "asking" in kinds or opens == "czy"
    if "filler" in kinds or all(_GRUNT.fullmatch(word) for word in words):
        return Stance.filler
    if asks or "requested" in kinds:
        return _asking(kinds)
    if "complained" in kinds and not kinds & {"others", "conditional", "quoted"}:
        return Stance.complained
    kinds -= _before_the_wish(cues)
    if TOLD in kinds:
        kinds = kinds - {TOLD} | {"past"}
    opened = cues and cues[0].kind == "question" and cues[0].start == 0 and not kinds & set(BY_WEIGHT)
    if opened and "wish" not in kinds:
        return Stance.asked
    if "past" in kinds and cues[0].kind == "past" and cues[0].start == 0:
        kinds -= {"negated"}  # "last time I said no": what begins with its time is told of then
    return next((Stance(kind) for kind in BY_WEIGHT if kind in kinds), Stance.asserted)


def _asking(kinds: set[str]) -> Stance:
    for kind in ("others", "conditional", "quoted"):
        if kind in kinds:
            return Stance(kind)
    return Stance.requested if "requested" in kinds else Stance.complained if "complained" in kinds else Stance.asked


def acts_for_themselves(words: Sequence[str], cues: Sequence[FoundCue]) -> bool:
    """Return whether a person of the customer's acts: not one who is only talked to, or acted for."""
    company = {cue.end for cue in cues if cue.kind == "company"}
    wish = min((cue.end for cue in cues if cue.kind == "wish"), default=len(words))

    def acts(cue: FoundCue) -> bool:
        beside = cue.start in company or (cue.start - 1 in company and _SAYS.possessive.fullmatch(words[cue.start - 1]))
        return not beside and cue.start < wish

    return any(cue.kind == "kin" and acts(cue) for cue in cues)


def _before_the_wish(cues: Sequence[FoundCue]) -> frozenset[str]:
    """Return the kinds that say what was before, where a wish follows: "I have no account and I want one"."""
    wish = max((cue.start for cue in cues if cue.kind == "wish"), default=-1)
    near = {cue.kind for cue in cues if cue.start >= wish or (cue.kind == "negated" and cue.end + 1 >= wish)}
    told = {cue.kind for cue in cues if cue.start < wish}
    return frozenset({"past", TOLD, "negated", "complained"} & (told - near)) if wish >= 0 else frozenset()


def asks_for_act(text: str, thing: re.Pattern[str], langs: Languages) -> bool:
    """Return whether a message asks, now and for its author, for an act on a thing.

    None but words of asking lead up to its verb: what else stands there governs it ("I'm afraid to …"), and has no end
    to be listed. What doesn't name the thing asks for it by words of asking alone, as an answer does.
    """
    if not _TOLD_OF.isdisjoint(stances(text, langs, thing)):
        return False
    said = [fold_words(one) for one in APART.split(text)]
    return _asks(said, thing) or _asks(list(map(_mend_slips, said)), thing)


def _mend_slips(said: str) -> str:
    return " ".join(_SLIPS.repaired(word) or word for word in said.split())


def _asks(parts: Sequence[str], thing: re.Pattern[str]) -> bool:
    if about := [one for one in parts if thing.search(one) is not None]:
        return all(ACTS.answered.search(one) or is_asking(thing.split(ACTS.verb.split(one)[0])[0]) for one in about)
    return is_asking(ACTS.verb.sub(" ", " ".join(parts)))


def is_asking(words: str) -> bool:
    """Return whether folded words are those by which something is asked for."""
    led = ACTS.beside.split(words)[-1]
    known = all(class_of(word) in _ASKING or ACTS.led.fullmatch(word) is not None for word in led.split())
    return known and ACTS.unable.search(led) is None
