"""An answer in words to a question of consents: "wymagane i newsletter", "everything except phone", "no marketing".

Also only what must be agreed to, in free words: "the bare minimum, nothing optional", "na resztę już nie".
"""

import re
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from nlu.binding import read_binding, unknown_words, withholds
from nlu.choices import cues_of
from nlu.intents.cues import CueMessage
from nlu.languages.language import Languages
from nlu.named.consent_names import find_consents, required_by_subject
from nlu.named.restated import adds_to_it, split_restatement
from nlu.phrase_lines import Forms, wish, word_list, word_set
from nlu.questions.asking import asks
from nlu.stance import HARMLESS, ONLY, Stance, doubts, stance, stances
from nlu.tokens import is_question
from values.expected import ConsentName, Expected, OptionWords
from values.meaning import BindingAct, Consenting, Expects, Press
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("consents")

_BOX, _REQUIRED, _EVERYTHING = "consents:toggle:", "consents:required", "consents:all"
_NOT_NOW = frozenset(
    {Stance.past, Stance.asked, Stance.conditional, Stance.doubted, Stance.later, Stance.others, Stance.quoted}
)
_Base = Literal["", "required", "ticked", "all"]
_Named = Literal["", "required", "rest", "all"]
_PLACES = [regex(rf"\b(?:{form})\b") for form in word_list("consents", "places")]
_SO_MANY = ("dwie|dwa|dwoch|two|due|2", "trzy|trzech|three|tre|3", "cztery|four|quattro|4")
_MANY = "|".join(_SO_MANY)
_FIRST_SO_MANY = regex(rf"\b(?:(?:{_MANY}) (?:pierwsz\w+|first|prim[ei])|(?:pierwsz\w+|first|prim[ei]) (?:{_MANY}))\b")
_WANTING = word_set("consents", "wanting")
_QUESTION = OptionWords(_REQUIRED, binds=BindingAct.agree)
_ALONE = Expected(Expects.consents, "consents", (_QUESTION,))
LONGEST, MOST_WORDS = 300, 40
_PUT_OFF = frozenset({Stance.conditional, Stance.later})
REQUIRED = wish("consents", "<required>")
BARELY = word_set("consents", "barely")
"""Words beside the name of these consents, besides those beside the name of any (`consents:*` in choices.toml)."""


def read_consents(text: str, expected: Expected, langs: Languages) -> Press | Consenting | None:
    """Return the answer in words to a question of consents: which are given, which refused; None for all else.

    What is given is named with a yes, in words that say nothing else; a refusal needs no more than its name. Whoever
    names the required ones gives these and what stands beside them; a plain yes also what is ticked. What is said anew
    takes the place of what was said before it, or adds to it.
    """
    if (parts := split_restatement(text)) is not None:
        first, last = (_read(part, expected, langs) for part in parts)
        return _anew(first, last, text, adds=adds_to_it(parts[1]))
    return _read(text, expected, langs)


def _anew(
    first: Press | Consenting | None, last: Press | Consenting | None, text: str, *, adds: bool
) -> Press | Consenting | None:
    """Return what two readings come to: the last one where it says all, else both; nothing where one isn't read."""
    if first is None or last is None:
        return None
    before, after = _as_consenting(first), _as_consenting(last)
    whole = after.base in ("required", "all")
    if whole or not (adds or after.refused):
        return last
    given = tuple(id for id in dict.fromkeys((*before.given, *after.given)) if id not in after.refused)
    refused = tuple(id for id in dict.fromkeys((*before.refused, *after.refused)) if id not in after.given)
    return Consenting(given, refused, before.base, text)


def _as_consenting(one: Press | Consenting) -> Consenting:
    return one if isinstance(one, Consenting) else Consenting(base="all" if one.payload == _EVERYTHING else "required")


def _read(text: str, expected: Expected, langs: Languages) -> Press | Consenting | None:
    """Return the answer that is given once."""
    required = any(option.payload == _REQUIRED for option in expected.options)
    if required and only_required(text, langs) and not _gives_more(text, expected, langs):
        return Press(_REQUIRED, words=text)
    boxes = _boxes(expected)
    if not boxes or len(text) > LONGEST or withholds(text):
        return None
    said = fold_words(text)
    words = said.split()
    if len(words) > MOST_WORDS or doubts(said) or is_question(text, words, langs) or asks(text, langs):
        return None
    if stance(_pointed(text), langs) is Stance.filler:
        return None
    if required and _SAYS.every.search(said) is None and _agrees(text, langs):
        return Consenting(base="ticked", text=text)
    parts = _clauses(text)
    if any(stance(_pointed(part), langs) in _NOT_NOW for part in parts):
        return None
    told = [one for part in parts if (one := _clause(part, boxes, langs)) is not None]
    return _joined(told, text) if len(told) == len(parts) else None


def _pointed(text: str) -> str:
    """Return a text whose "first two" are no more what is to be done first."""
    pointed, times = _FIRST_SO_MANY.subn("these", fold_words(text))
    return pointed if times else text


def _gives_more(text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether a clause gives, or may give, a voluntary consent beside the required ones: then all are read."""
    boxes = _boxes(expected)
    voluntary = {one.id for one in boxes if not one.obligatory}
    for part in _clauses(text):
        read = _clause(part, boxes, langs)
        said = fold_words(part)
        allowed = _ids(_halves(said, langs)[0], boxes) if _SAYS.allows.search(said) is not None else ()
        if voluntary.intersection(allowed if read is None else read.given):
            return True
    return False


def with_the_rest(found: Consenting, text: str, expected: Expected, langs: Languages) -> Consenting:
    """Return what a message refuses with the required consents that its other clauses give: "you can process my data".

    One that gives nothing for sure leaves the question open.
    """
    boxes = _boxes(expected)
    rest = [said for part in _clauses(text) if (said := fold_words(part)) and not _halves(said, langs)[1]]
    given = [required_by_subject(said, boxes) for said in rest if _SAYS.allows.search(said) is not None]
    if not boxes or not rest or len(given) < len(rest) or not all(given):
        return found
    return replace(found, given=tuple(id for id in dict.fromkeys(given[0]) if id not in found.refused))


def refused_in(text: str, names: tuple[ConsentName, ...], langs: Languages) -> tuple[str, ...]:
    """Return the consents that a message said at their question refuses, none where it refuses none by name."""
    asked = Expected(
        Expects.consents, "consents", tuple(OptionWords(f"{_BOX}{one.id}", one.titles) for one in names), consents=names
    )
    said = read_consents(text, asked, langs)
    return said.refused if isinstance(said, Consenting) else ()


class _Clause(Struct, frozen=True):
    """The consents that a clause gives and refuses; `agrees` where it is a yes and names none."""

    given: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    base: _Named = ""
    agrees: bool = False


def _joined(told: list[_Clause], text: str) -> Consenting | None:
    """Return what the clauses say together, None where that is nothing; a yes beside a name belongs to the name."""
    given = tuple(dict.fromkeys(id for one in told for id in one.given))
    refused = tuple(dict.fromkeys(id for one in told for id in one.refused))
    bases: list[_Named] = [one.base for one in told if one.base]
    named_base: _Named = bases[0] if bases else ""
    base: _Base = ""
    if named_base != "rest":
        base = named_base
    elif refused:
        base = "all"
    if not base and not given and refused and any(one.agrees for one in told):
        base = "ticked"
    if not (given or refused or base in ("required", "all")):
        return None
    return Consenting(tuple(id for id in given if id not in refused), refused, base, text)


def _boxes(expected: Expected) -> tuple[ConsentName, ...]:
    offered = [option.payload.removeprefix(_BOX) for option in expected.options if option.payload.startswith(_BOX)]
    known = {one.id: one for one in expected.consents}
    titles = {o.payload.removeprefix(_BOX): o.titles for o in expected.options}
    return tuple(known.get(id) or ConsentName(id, False, titles[id]) for id in offered)


def _agrees(text: str, langs: Languages) -> bool:
    """Return whether a message is a yes, or the verb of agreeing, to the whole question."""
    return isinstance(read_binding(text, (_QUESTION,), _ALONE, langs), Press)


def _clauses(text: str) -> list[str]:
    told = _SAYS.all_but.sub(" except ", text)
    return [part for part in _SAYS.clauses.split(told) if fold_words(part)]


def _clause(clause: str, boxes: tuple[ConsentName, ...], langs: Languages) -> _Clause | None:
    """Return what one clause says; None where words of it aren't known and it would give something."""
    said = _SAYS.reason.split(_SAYS.not_more.sub(" ", HARMLESS.sub(" ", ONLY.sub(" ", fold_words(clause)))))[0]
    if not said.strip() or _SAYS.small_talk.fullmatch(said.strip()) is not None:
        return _Clause()
    if _SAYS.only_a_reason.match(said) is not None and not _ids(said, boxes):
        return _Clause()
    yes, no = _halves(said, langs)
    if no and not _ids(no, boxes) and not _base(no) and _ids(yes, boxes):
        if _SAYS.allows.search(yes) is not None or _SAYS.only_a_reason.match(said) is not None:
            return None
        yes, no = "", yes  # "na oferty się nie zgadzam": the verb that is denied stands behind what it is about
    refused = _ids(no, boxes)
    if no and REQUIRED.search(no) is not None:
        return None  # without these there is no account: that is told where everything is refused
    given, base = _ids(yes, boxes), _base(yes)
    if not given and not base:
        agrees = (bool(yes.strip()) and _agrees(yes, langs)) or _SAYS.way_to_agree.match(said.strip()) is not None
        return _Clause(refused=refused, agrees=agrees) if refused or agrees else None
    return _Clause(given, refused, base) if _known_words(yes, boxes, langs) else None


def _halves(said: str, langs: Languages) -> tuple[str, str]:
    """Return the words before a no and those behind it; a no at the end refuses all before it ("spamu żadnego")."""
    ending = _SAYS.no_at_the_end.search(said)
    if ending is not None:
        return "", said[: ending.start()]
    no = next((one for one in _SAYS.no_to.finditer(said) if not _is_filler(one, langs)), None)
    if no is None:
        return said, ""
    before, behind = said[: no.start()], said[no.end() :]
    return (before, behind) if behind.strip() else ("", before)


def _is_filler(no: re.Match[str], langs: Languages) -> bool:
    """Return whether it is the Polish word that one opens a wish with: "no dobra, wymagane"; "no marketing" denies."""
    if no.group() != "no" or langs[0].code != "pl" or no.start() != 0:
        return False
    behind = no.string[no.end() :].strip()
    return behind.partition(" ")[0] in langs[0].answers.yes | _WANTING or any(
        begins.match(behind) is not None for begins in (_SAYS.allows, REQUIRED, _SAYS.every)
    )


def _ids(said: str, boxes: tuple[ConsentName, ...]) -> tuple[str, ...]:
    if not said.strip():
        return ()
    found = {*find_consents(said, boxes, asked=True), *_by_place(said, boxes)}
    if _SAYS.all_optional.search(said) is not None:
        found |= {one.id for one in boxes if not one.obligatory}
    return tuple(one.id for one in boxes if one.id in found)


def _base(said: str) -> _Named:
    if REQUIRED.search(said) is not None:
        return "required"
    if _SAYS.every.search(said) is not None:
        return "all"
    return "rest" if _SAYS.rest.search(said) is not None else ""


def _by_place(said: str, boxes: tuple[ConsentName, ...]) -> tuple[str, ...]:
    """Return those that are named by their place in the row: "te dwie pierwsze", "the last one", "1 i 2"."""
    if (first := _FIRST_SO_MANY.search(said)) is not None:
        many = next(at for at, form in enumerate(_SO_MANY, 2) if re.search(rf"\b(?:{form})\b", first.group()))
        return tuple(one.id for one in boxes[:many])
    places = [at for at, form in enumerate(_PLACES) if form.search(said) is not None]
    found = [boxes[at].id for at in places if at < len(boxes)]
    return (*found, boxes[-1].id) if _SAYS.last.search(said) is not None else tuple(found)


def _known_words(said: str, boxes: tuple[ConsentName, ...], langs: Languages) -> bool:
    """Return whether each word is of agreeing and pointing, or of a consent's name."""
    beside = _SAYS.rest.sub(" ", _SAYS.every.sub(" ", REQUIRED.sub(" ", _FIRST_SO_MANY.sub(" ", said))))
    own = {word[:5] for one in boxes for title in one.titles for word in fold_words(title).split()}
    unknown = [word for word in unknown_words(beside, langs) if word not in BARELY and word not in _WANTING]
    small = cues_of("consents:*")
    return all(
        word[:5] in own
        or find_consents(word, boxes, asked=True)
        or _by_place(word, boxes)
        or any(cue.holds(CueMessage.of([word], question=False)) for cue in small)
        for word in unknown
    )


def only_required(text: str, langs: Languages) -> bool:
    """Return whether a message agrees to the required consents and to nothing else.

    The clause that names them holds no other words than those of agreeing and pointing; what stands beside may give a
    reason, but neither asks, doubts nor sets a condition.
    """
    said = fold_words(text[:LONGEST])
    if len(text) > LONGEST or REQUIRED.search(said) is None or withholds(text) or doubts(said):
        return False
    words = said.split()
    if len(words) > MOST_WORDS or is_question(text, words, langs) or not _PUT_OFF.isdisjoint(stances(text, langs)):
        return False
    clauses = [_SAYS.not_more.sub(" ", fold_words(clause)) for clause in _SAYS.clauses.split(text)]
    naming = [clause for clause in clauses if REQUIRED.search(clause) is not None]
    return bool(naming) and all(_closed(clause, langs) for clause in naming)


def _closed(clause: str, langs: Languages) -> bool:
    """Return whether a clause denies nothing, and each word beside the name of the consents is a known one."""
    beside = REQUIRED.sub(" ", clause)
    unknown = [word for word in unknown_words(beside, langs) if word not in BARELY]
    small = cues_of("consents:*")
    told = [CueMessage.of([word], question=False) for word in unknown]
    return _SAYS.denial.search(beside) is None and all(any(cue.holds(word) for cue in small) for word in told)
