"""The street, postal code and town that a message puts in place of the stored ones, each found by its own shape.

What is stored is the old one, however a sentence names it, and what is denied is none of them. Words around a value
only tell whether it is meant at all: a noun, the old value, a seat, or the data shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from nlu.corrections.correction_words import nouns_of, tells_a_move
from nlu.corrections.sentences import SENTENCE, fold_letters
from nlu.corrections.told_addresses import STREET_BEGINS, STREET_TYPES, nominative, tells_another_place
from nlu.corrections.worded import shows_answers
from nlu.facts.named_choices import FoundFact
from nlu.languages.language import Languages
from nlu.stance import Stance, stance_at
from nlu.stance.clauses import part_clauses
from nlu.stance.judged import judge_part
from values.expected import Expected
from values.kinds.places import PARTS
from values.meaning import Expects, Fact
from values.parsing import fold_words
from values.patterns import regex
from values.slots.spans import said_anew
from values.slots.towns import called_town
from values.slots.typed_words import Slot, TypedWord, read_words
from values.slots.word_classes import TALK, WordClass, class_of, is_denial

_LONGEST = 400
_CAPITAL = "[A-ZÀÁÈÉÌÒÙÄÖÜĄĆĘŁŃÓŚŹŻÀ-Þ]"
_WORD = rf"{_CAPITAL}(?:[^\W\d_]{{1,3}}\.|[^\W\d_]+)"  # behind a longer word a dot ends the sentence
_TITLE = r"(?i:św|sw|gen|ks|płk|plk|dr|prof|a?bp|kard|mjr|kpt|por|marsz|hetm|im|st|mons|cav)\."
_ARTICLE = r"(?:d[aei]l?l?[aeio]?|degli|de[rs]|d(?:ell|all)?['’]) ?"
_JOINED = rf"(?:{_ARTICLE}|e |i )"
_LED = rf"(?:{_ARTICLE}|(?:pod|nad|de[mn]|von|am|of(?: the)?) )"
"""Behind the street's kind alone: "Sopot przy Polnej 3" begins behind the preposition, as does "ulicę na Polną 3"."""
_NUMBER = r"[0-9]{1,4}[A-Za-z]?(?: ?/ ?[0-9]{1,4}[A-Za-z]?)?(?:,? (?:m|lok|int|scala)(?:\. ?| )(?:[0-9]\w{0,3}|[A-Z]))?"
_STREET = regex(
    rf"(?<![\w.@-])(?:(?P<type>(?i:{STREET_TYPES}) )(?P<led>{_LED})?)?"
    rf"(?P<name>(?:[0-9]{{1,2}}\.? )?(?:{_TITLE} )?{_WORD}(?:(?:[ -]| {_JOINED}){_WORD}){{0,3}})"
    rf" (?P<number>{_NUMBER})(?![\w/@-])"
)
_CODE = regex(r"(?<![\w.,@/-])(?:[0-9]{2}[-–][0-9]{3}|(?P<plain>[0-9]{5}))(?![\w@/-])")
_TOWN = regex(rf"(?<![\w.@'’-]){_CAPITAL}[^\W\d_]+(?:[ -]{_CAPITAL}[^\W\d_]+){{0,3}}")
_CLAUSE = regex(r"[,;:]\s+|\s[-–]\s|\s(?=(?:a|and|but|ale|e|ed|ma|und|aber)\s)")
_ASKING = regex(r"(?:czy|is|are|does|do|can|e|se|ist|sind|what|which|ktor\w+|qual\w*|jak\w*|wh\w+|w[aeio]\w*)\b")
_MAY_BE = regex(rf"{_CAPITAL}[^\W\d_]")
_PLACED = regex(r"adres\w{0,2}\b(?! ?e?-?mail)|indirizz|address(?!es)|siedzib|\bsede\b|premises|\boffice|uffici|\bbiur")
_SEAT = regex(
    r"\b(?:jestesmy|siedzimy|miescimy sie|mieszcze sie|urzedujemy|dzialamy|siamo|stiamo|sono|ci troviamo|abbiamo sede"
    r"|we're|we are|we've been|located|based|headquartered|i'm)\b"
)
_CODE_NAMED = regex(r"\b(?:kod\w{0,2}|cap|zip|code|post ?code)\b")
_TOLD = (Stance.asserted, Stance.filler)
_BEFORE_OLD = frozenset({WordClass.particle, WordClass.pronoun, WordClass.noun, WordClass.type, WordClass.adverb})
_FROM_WHICH = 4
_LEAST = 3


class _Mention(Struct, frozen=True):
    """A value in a message, as it is called, and where it stands; `counts`: its number may be one of what follows."""

    value: str
    start: int
    end: int
    counts: bool = False


def told_places(
    text: str, expected: Expected, langs: Languages, beside: Sequence[FoundFact] = ()
) -> Iterator[FoundFact]:
    """Yield the parts of an address that a message gives in place of those that are stored, apart from names in it."""
    if len(text) > _LONGEST or (_MAY_BE.search(text) is None and _CODE.search(text) is None):
        return
    names = [(one.start, one.end) for one in beside if one.fact.kind not in PARTS]
    said, text = fold_letters(text), said_anew(text).rjust(len(text))
    mentions = _mentions(text, names)
    kinds = [kind for kind in PARTS if mentions[kind] and kind in expected.correctable]
    if not kinds:
        return
    told = _told(text, _without_the_old(text, expected.given), mentions, langs)
    placed, shown = _PLACED.search(said) is not None, shows_answers(expected)
    moved = tells_a_move(said) or _SEAT.search(said) is not None
    taken: list[_Mention] = []
    for kind in kinds:
        old = expected.given.get(kind, "")
        new = [one for one in mentions[kind] if one in told and not _is_old(one.value, old)]
        if len({fold_words(one.value) for one in new}) != 1:
            continue
        one = new[-1]
        if kind is Expects.city and nouns_of(Expects.company_name).search(said) and not _is_named(kind, said):
            continue
        replaces = bool(old) and (old in text or bool(_old_words(old, read_words(text, Slot.city))))
        beside_it = any(_follows(one, other) or _follows(other, one) for other in taken)
        meant = replaces or beside_it or _is_named(kind, said)
        whole = shown and one.end - one.start == len(text.strip(" .!"))
        led = kind is not Expects.city or _is_behind(text, one) or whole
        if meant or (led and (placed or moved or (shown and not one.counts))):
            taken.append(one)
            typed = STREET_BEGINS.match(old) if kind is Expects.street and replaces else None
            value = f"{typed.group()}{one.value}" if typed and not STREET_BEGINS.match(one.value) else one.value
            yield FoundFact(Fact(kind, value, corrects=True), one.start, one.end)


def told_parts(text: str, langs: Languages) -> dict[Expects, str]:
    """Return the parts of the one address that a text tells as its author's own."""
    mentions = _mentions(text, ())
    told = _told(text, text, mentions, langs)
    own = {kind: [one.value for one in mentions[kind] if one in told] for kind in PARTS}
    return {kind: values[0] for kind, values in own.items() if len(set(values)) == 1}


def _is_named(kind: Expects, said: str) -> bool:
    named = nouns_of(kind).search(said) is not None
    return named or (kind is Expects.postal_code and _CODE_NAMED.search(said) is not None)


def _follows(one: _Mention, other: _Mention) -> bool:
    """Return whether a value belongs to the one before it, as the town does to its street."""
    return 0 <= one.start - other.end <= _FROM_WHICH


def _mentions(text: str, names: Sequence[tuple[int, int]]) -> Mapping[Expects, Sequence[_Mention]]:
    """Return what has the shape of a street, a postal code or a town, outside of sentences that ask."""
    asked = [span for one in SENTENCE.finditer(text) if (span := _asked(one)) is not None] if "?" in text else []

    def told(start: int) -> bool:
        return not any(begin <= start < end for begin, end in asked)

    free = (one for one in _streets(text) if not any(start < one.end and one.start < end for start, end in names))
    streets = [one for one in free if told(one.start)]
    found = (one for one in _CODE.finditer(text) if told(one.start()))
    codes = [_Mention(one.group().replace("–", "-"), *one.span(), bool(one["plain"])) for one in found]
    towns = (one for one in _towns(text) if told(one.start))
    taken = [*names, *(one.span() for one in _STREET.finditer(text))]
    apart = [one for one in towns if not any(start <= one.start < end for start, end in taken)]
    return dict(zip(PARTS, (streets, codes, apart), strict=True))


def _asked(sentence: re.Match[str]) -> tuple[int, int] | None:
    """Return the asking part of a sentence: its last clause, where that asks about something else than a value."""
    if not sentence.group().rstrip().endswith("?"):
        return None
    begins, ends = sentence.span()
    *_, last = [sentence.start(), *(sentence.start() + part.end() for part in _CLAUSE.finditer(sentence.group()))]
    valued = any(c.isdecimal() for c in sentence.string[last:ends])
    stated = _STREET.search(sentence.string[begins:last]) is not None
    whole = valued or not stated or _ASKING.match(fold_words(sentence.group())) is not None
    return (begins if whole else last), ends


def _streets(text: str) -> Iterator[_Mention]:
    """Yield names with the number of a house, without the words of talk before them."""
    for found in _STREET.finditer(text):
        words = found["name"].split(" ")
        while len(words) > 1 and (
            class_of(words[0].lower()) in TALK or words[0].lower() in ("ulica", "ulicę", "street")
        ):
            words = words[1:]
        behind = read_words(text[found.end() :], Slot.street)[:1]
        counts = bool(behind) and text[found.end()] == " " and behind[0].of is WordClass.content
        if class_of(words[0].lower()) in TALK or (found["name"].isupper() and not text.isupper()):
            continue
        start = found.start("number") - 1 - len(" ".join(words))
        words = words if found["led"] is None else found["name"].split(" ")
        typed = found["type"] is not None and class_of(words[0].lower()) is not WordClass.type  # "ulica Plac Wolności"
        if typed and len(words) == len(found["name"].split(" ")):
            start = found.start()
        called = nominative(text[start : found.end()].rstrip("."), fold_letters(text[:start]))
        yield _Mention(called, start, found.end(), counts and not behind[0].capital)


def _towns(text: str) -> Iterator[_Mention]:
    for found in _TOWN.finditer(text):
        words = [*regex(r"\S+").finditer(found.group())]
        spans = ((one, last) for one in range(len(words)) for last in reversed(range(one, len(words))))
        for first, last in spans:
            start, end = found.start() + words[first].start(), found.start() + words[last].end()
            if class_of(words[first].group().lower()) is not WordClass.content:
                continue
            behind = fold_words(text[:start]).split()[-1:]
            town = called_town(text[start:end], behind[0] if behind else "")
            if town is not None:
                yield _Mention(town, start, end)
                break


def _is_old(value: str, old: str) -> bool:
    """Return whether a value is the stored one, be it less of it: a street without its flat."""
    said, stored = (f"{one} ".removeprefix("ul ") for one in (fold_words(value), fold_words(old)))
    return stored.startswith(said)


def _stems(old: str) -> tuple[str, ...]:
    words = (word for word in fold_words(old).split() if class_of(word) is WordClass.content and word.isalpha())
    return tuple(word[: max(_LEAST, len(word) - 2)] for word in words if len(word) > _LEAST)


def _old_words(old: str, words: Sequence[TypedWord]) -> list[int]:
    stems = _stems(old)
    return [at for at, word in enumerate(words) if word.capital and fold_words(word.text).startswith(stems)]


def _without_the_old(text: str, given: Mapping[str, str]) -> str:
    """Blank the stored values that a message denies, with the words that do so: what it says of the others stays."""
    words, cut = read_words(text, Slot.city), text
    for old in (given[kind] for kind in PARTS if kind in given):
        codes = [at for at, word in enumerate(words) if word.text.strip(".") == old]
        for at in codes + _old_words(old, words):
            first = at
            for before in reversed(range(at)):
                word = words[before]
                if word.last or not (is_denial(word.said) or word.of in _BEFORE_OLD or word.of is WordClass.verb):
                    break
                first = before if is_denial(word.said) else first
            number = regex(r"\s+\d+[\w/]*").match(text, words[at].end) if first < at else None
            end = number.end() if number is not None else words[at].end
            if first < at:
                cut = f"{cut[: words[first].start]}{' ' * (end - words[first].start)}{cut[end:]}"
    return cut


def _told(text: str, cut: str, mentions: Mapping[Expects, Sequence[_Mention]], langs: Languages) -> Sequence[_Mention]:
    """Return the values that are told as the customer's own; those behind one that isn't belong to it."""
    told: list[_Mention] = []
    others: list[_Mention] = []
    for one in sorted(chain.from_iterable(mentions.values()), key=lambda one: one.start):
        if cut[one.start : one.end] != text[one.start : one.end]:  # the old one
            continue
        of_other = any(_follows(one, other) for other in others)
        with_it = any(_follows(one, other) for other in told)  # "Polna 3, 30-059 and what does it cost?"
        (told if with_it or (not of_other and _is_told(text, cut, one, langs)) else others).append(one)
    return told


def _is_told(text: str, cut: str, one: _Mention, langs: Languages) -> bool:
    """Return whether a value is told as the customer's own place of today, where nothing else of theirs is."""
    if tells_another_place(fold_letters(text[: one.start])):
        return False
    before = [(part, judge_part(part, langs)) for part in part_clauses(cut) if part.start <= one.start]
    later = before[-1:] and before[-1][1] is Stance.later and before[-1][0].start < one.start
    if later or any(how is Stance.conditional for _, how in before):
        return False
    how = stance_at(cut, one.start, one.end, langs)
    led_to = how is Stance.past and tells_a_move(fold_letters(text[: one.start]))
    return how in _TOLD or led_to


def _is_behind(text: str, one: _Mention) -> bool:
    """Return whether a preposition leads to a place."""
    words = fold_words(text[: one.start]).split()
    return bool(words) and class_of(words[-1]) is WordClass.particle
