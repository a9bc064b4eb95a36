"""The one judgement of a value, behind all readers: it is taken where the clause that it stands in gives it.

Readers find what a message may mean; whether its author gives that is judged here. Words that deny, or call a value old
or wrong, withhold it. One that would take another's place is given by words that are known to stand around given
ones, or to put one right; what else stands there, "belongs to the neighbours", needn't be listed: it is asked about.
"""

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nlu.corrections.correction_words import load_corrections, nouns_of
from nlu.facts.named_choices import FoundFact
from nlu.phrase_lines import Forms, alternatives, word_set
from nlu.reading import Reading
from nlu.stance.clauses import MARK
from nlu.stance.told_behind import find_value
from values.expected import Expected
from values.kinds import kind_of
from values.kinds.places import PARTS
from values.meaning import Correction, Expects, Fact, Intent
from values.parsing import unaccent
from values.patterns import regex
from values.slots.spans import Slot
from values.slots.word_classes import WordClass, class_of, is_rather

_SAYS = Forms("gate")
_WORD = regex(r"[^\s,;:.!?\"„”«»()–—+]+")
_FAULTY, _TOLD = regex(alternatives("gate", "old", "wrong")), regex(alternatives("gate", "told"))
_NEGATING = regex(f"{alternatives('denials', 'particles', 'joined')}|{alternatives('gate', 'negating')}")
_SENTENCE, _DIGIT, _ENDING = regex(r"[.!?\n]"), regex(r"[\d@]"), regex(r"[\w-]*")
_LONGEST = 400
_LANGUAGES = frozenset({"pl", "it", "en", "de"})
"""Languages whose words around values are known: in another's conversations none of them is missed."""
_NAMES = frozenset({WordClass.noun, WordClass.type})
_BEFORE_NAMES = frozenset({WordClass.particle, WordClass.quality, WordClass.pronoun})
_ANSWERS = word_set("denials", "answers")
_IN_WORDS = frozenset(map(str, (*Slot, Expects.postal_code)))
"""Kinds of values that no form withholds before."""


def judge_changes(reading: Reading, expected: Expected, locale: str) -> Reading:
    """Return the reading without the values that its words don't give; `not_given` names those that may be meant.

    Of what isn't answered yet, places apart, only what is denied is left out.
    """
    if not (reading.facts or reading.besides or isinstance(reading.meaning, Correction)):
        return reading
    said = [one for one in (reading.meaning, *reading.besides) if isinstance(one, Correction) and one.text]
    facts = [one for one in reading.facts if not one.fact.others and (one.fact.corrects or one.fact.kind in _IN_WORDS)]
    if not (said or facts) or len(reading.text) > _LONGEST:
        return reading
    places = {one: _place(reading.text, one) for one in reading.facts}
    named = {one.fact.kind: span for one, span in places.items()}
    joins = _SAYS.joins_in_polish if locale == "pl" else _SAYS.joins

    def gives(kind: str, span: tuple[int, int]) -> bool:
        answer = expected.correctable.get(kind, Expects(kind) if kind in _IN_WORDS else Expects.nothing)
        if span[0] < 0 or kind_of(answer).counts or kind_of(answer).form in ("choice", "none"):
            return True
        noun = nouns_of(kind if kind in _IN_WORDS else answer)
        strict = locale in _LANGUAGES and (kind in expected.correctable or kind in PARTS)
        return _Clause(reading.text, span, (*places.values(),), noun, expected, strict, joins).gives()

    lost = [one for one in facts if not gives(one.fact.kind, places[one])]
    places = {one: span for one, span in places.items() if one not in lost}  # lost words say something else
    spans = [named.get(one.what) or find_value(reading.text, one.text or "") for one in said]
    known = {one.fact.kind for one in facts if one not in lost}
    doubted = [one for one, at in zip(said, spans, strict=True) if one.what not in known and not gives(one.what, at)]
    if not (doubted or lost):
        return reading
    asked = (*(one.fact for one in lost), *(Fact(one.what, one.text or "", corrects=True) for one in doubted))
    return replace(
        reading,
        meaning=Intent("inform", 1.0, (), reading.text) if reading.meaning in doubted else reading.meaning,
        besides=tuple(one for one in reading.besides if one not in doubted),
        facts=tuple(one for one in reading.facts if one not in lost),
        not_given=(*reading.not_given, *{one.kind: one for one in asked}.values()),
    )


def _place(text: str, found: FoundFact) -> tuple[int, int]:
    """Return where the value of a fact stands, without its name and the words between."""
    start, end = find_value(text[found.start : found.end or None], found.fact.text)
    return (found.start, found.end) if start < 0 and found.end else (found.start + start, found.start + end)


class _Clause(Struct, frozen=True):
    """A value at its place, among `others`; `noun` are the names of its answer. `strict`: it would replace one."""

    text: str
    span: tuple[int, int]
    others: Sequence[tuple[int, int]]
    noun: re.Pattern[str]
    expected: Expected
    strict: bool
    joins: re.Pattern[str]

    def gives(self) -> bool:
        """Return whether the words of the clause, and the one that it hangs on, give the value."""
        text, (start, end) = self.text, self.span
        for one, other in (span for span in self.others if span[0] >= 0 and (span[1] <= start or span[0] >= end)):
            end_of_word = next(_ENDING.finditer(text, other)).end()  # "BLIK-iem"
            text = f"{text[:one]}{' ' * (end_of_word - one)}{text[end_of_word:]}"
        led, behind = _clause_before(text[:start]), MARK.split(text[end:])[0]
        if text[:end].endswith(".") and any(end < one <= end + len(behind) + 2 for one, _ in self.others):
            behind = ""  # "… Ltd. tel. 512 000 111": its full stop is the sentence's
        alone = len(_words(led)) <= 1 and not _words(behind) and self._is_denied_before(text[:start])
        unsure = alone or self._depends(led)
        return not unsure and self._leads(led.lower()) and self._goes_on(behind.lower())

    def _leads(self, led: str) -> bool:
        words = _words(led)
        if words and is_rather(unaccent(words[-1])) and any(map(_is_negating, words)):  # "not via Lunga but"
            return True
        *others, led = self.joins.split(led)
        words = _words(led) if others else words
        if others and not words:  # "not A and B"
            words = _words(" ".join(others))
            return not _denies(words) and not any(map(_is_faulty, words))
        said = unaccent(led)
        if _SAYS.was.search(said) is not None:
            return False
        forms = (_SAYS.should, _SAYS.put_right, load_corrections().signs)
        signs = [one for form in forms for one in form.finditer(said)]
        last = max((one for one in signs if not _SAYS.of_another.fullmatch(one[0])), key=re.Match.start, default=None)
        if last is not None:
            before, tail = _words(said[: last.start()]), _words(said[last.end() :])
            denied = any(map(_is_negating, before[-1:])) or (last.re is not _SAYS.should and _denies(before))
            return not denied and not _denies(tail) and not any(map(_is_faulty, tail))
        rest = _SAYS.wrong.sub(" ", said) if led.rstrip().endswith(":") else said
        return not _denies(words) and self._knows(self.noun.sub(" ", rest))

    def _goes_on(self, behind: str) -> bool:
        """Return whether the words behind leave it given: the old one denied, a reason, what is joined, a tag."""
        if (contrast := _SAYS.contrast.match(behind.replace("’", "'"))) is not None:
            old = _words(contrast["old"])
            head = next((one for word in old if (one := class_of(word)) not in _BEFORE_NAMES), None)
            valued = bool(contrast["instead"] or _DIGIT.search(contrast["old"]))
            return valued or head in _NAMES or any(map(self._was_given, old))  # "not the address I gave you"
        if any(class_of(word) in _NAMES for word in _words(behind)[:1]):
            return True  # another answer's name begins what is said of that
        joined = _SAYS.joined.search(behind)
        said = self.noun.sub(" ", behind[: joined.start()] if joined is not None else behind)
        known = self._knows(said) or _SAYS.tag.fullmatch(unaccent(said).strip()) is not None
        return known and not any(map(_is_negating, _words(said)))

    def _is_denied_before(self, led: str) -> bool:
        """Return whether a value alone stands behind a clause that denies something else than its answer."""
        marks = [*MARK.finditer(led)]
        if not marks or _SENTENCE.search(marks[-1][0]) is not None:
            return False
        if bare := _words(led[marks[-1].end() :]):
            return _is_negating(bare[0])  # "keep it as it is, no 81-703"
        before = MARK.split(led)[-2]
        return len(_words(before)) > 1 and _denies(_words(before)) and not self.noun.search(unaccent(before).lower())

    def _depends(self, led: str) -> bool:
        """Return whether its clause asks, or one before in the sentence is a condition: "if we move, it will be …"."""
        sentence = _SENTENCE.split(self.text[: self.span[0]])[-1]
        clauses = [unaccent(one).lower().strip() for one in (*MARK.split(sentence), led)]
        return _SAYS.asks.match(clauses[-1]) is not None or any(map(_SAYS.depends.match, clauses))

    def _knows(self, said: str) -> bool:
        """Return whether all words stand around given values: of closed classes, numbers, of what was given before."""
        words = [word for word in _words(said) if not word.isdecimal()]
        return all(self._was_given(word) if _is_faulty(word) else self._is_known(word) for word in words)

    def _is_known(self, word: str) -> bool:
        around = class_of(word) is not WordClass.content or _TOLD.fullmatch(unaccent(word)) is not None
        return around or not self.strict or self._was_given(word)

    def _was_given(self, word: str) -> bool:
        """Return whether a word is of an earlier answer; those are looked up only where nothing else knows it."""
        return any(unaccent(word) in unaccent(value).lower().split() for value in self.expected.given.values())


def _clause_before(text: str) -> str:
    """Return what stands before a value in its clause, a label with its colon, or the clause that it hangs on."""
    for mark in reversed([*MARK.finditer(text)]):
        led = text[mark.end() :]
        label = MARK.split(text[: mark.end()])[-2] if mark[0] == ":" and not led.strip() else ""
        labels = label and all(class_of(word) is not WordClass.verb for word in _words(label))
        if not labels and _SAYS.hangs_on.match(unaccent(led).lower()) is None:
            return led
    return text


def _words(text: str) -> list[str]:
    return [found for match in _WORD.finditer(text.lower()) if (found := match[0].strip("'’-"))]


def _denies(words: Iterable[str]) -> bool:
    """Return whether words deny, and nothing behind says what is meant instead; a no in front is an answer."""
    said = unaccent(" ".join(words)).split()
    at = [
        n
        for n, word in enumerate(said)
        if _NEGATING.fullmatch(word) and not _SAYS.points.match(" ".join(said[n + 1 :]))
    ]
    if not at or (at[-1] == 0 and said[0] in _ANSWERS):
        return False
    return not any(map(is_rather, said[at[-1] + 1 :]))


def _is_negating(word: str) -> bool:
    return _NEGATING.fullmatch(unaccent(word)) is not None


def _is_faulty(word: str) -> bool:
    return _FAULTY.fullmatch(unaccent(word)) is not None
