"""Corrections within one message ("un anno, anzi due"), and of a term that was chosen before ("jednak na rok")."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from nlu.corrections.sentences import correction_forms, fold_letters
from nlu.entities.term_words import has_lasted
from nlu.languages.language import Languages, map_numbers
from nlu.phrase_lines import Forms
from nlu.stance import denies
from nlu.tokens import part_around, tokens
from values.expected import Expected
from values.meaning import Correction, Intent
from values.patterns import regex
from values.slots.word_classes import WordClass, class_of
from values.term import MOST_MONTHS, Term, short_form, term_of_months

_SAYS = Forms("restated")
_LENGTHS = Forms("lengths")
_INSTEAD = _SAYS.not_but, _SAYS.not_behind
_SMALL = frozenset({WordClass.particle, WordClass.reply, WordClass.pronoun, WordClass.adverb})
CLAUSE_END = regex(r"[,;.!?\n]")

_LONGEST = 400
RESTATING = _SAYS.restating
"""The words, and the marks around them, by which something is said anew."""


@lru_cache(maxsize=4)  # several readers look at one message in a row
def split_restatement(text: str) -> tuple[str, str] | None:
    """Return what a message says before it takes that back, and what behind; None where it takes nothing back."""
    if len(text) > _LONGEST:
        return None
    marks = list(RESTATING.finditer(fold_letters(text)))
    if not marks:
        return None
    before, behind = text[: marks[-1].start()].strip(), text[marks[-1].end() :].strip()
    return (before, behind) if before and behind else None


def put_instead(text: str) -> tuple[str, str] | None:
    """Return what a message takes back and what it says instead, in one clause, too: "not two but three"."""
    if (found := split_restatement(text)) is not None:
        return None if adds_to_it(found[1]) else found
    said = fold_letters(text) if len(text) <= _LONGEST else ""
    form = next((match for one in _INSTEAD if (match := one.fullmatch(said)) is not None), None)
    return None if form is None else (text[slice(*form.span("old"))], text[slice(*form.span("new"))])


def adds_to_it(behind: str) -> bool:
    """Return whether what is said anew is only one more thing: "albo nie, jeszcze newsletter"."""
    return _SAYS.more.search(fold_letters(behind)) is not None


def find_other_term(text: str, expected: Expected, langs: Languages) -> Correction | Intent | None:
    """Return the wish for another term than was chosen, or the question of its price; None where more is said."""
    anew = named_length(parts[1], langs) if (parts := put_instead(text)) is not None else (None, ())
    term, beside = anew if anew[0] is not None else named_length(text, langs)
    slots = (name for name in ("term", "years") if term is not None and name in expected.correctable)
    if term is None or (slot := next(slots, expected.step)) == expected.step:
        return None
    alone = all(class_of(word) in _SMALL or _LENGTHS.joining.fullmatch(word) for word in beside)
    if names_price(beside) or ("?" in text and alone):
        return Intent("ask_price", 1.0, (), text)
    settled = "?" in text or slot == "years" or any(map(_LENGTHS.doubted.fullmatch, beside))
    return None if settled else Correction(slot, short_form(term))


def _counts(word: str, counted: Sequence[str], numbers: Mapping[str, str]) -> bool:
    return word.isdecimal() or word in counted or word in numbers or _LENGTHS.unit.fullmatch(word) is not None


def names_price(words: Sequence[str]) -> bool:
    """Return whether one of the words beside a length asks what it costs."""
    return any(map(_LENGTHS.priced.fullmatch, words))


def named_length(text: str, langs: Languages, counted: Sequence[str] = ()) -> tuple[Term | None, tuple[str, ...]]:
    """Return the one length that a clause names and says little else of, none that is over or denied; and its words.

    Of what is `counted` by these words it may tell how many.
    """
    text = _LENGTHS.idle.sub(lambda idle: " " * len(idle[0]), text)
    every, numbers, found = tokens(text), map_numbers(langs), list[tuple[Term, tuple[str, ...]]]()
    for i, token in enumerate(every):
        if (unit := _LENGTHS.length.fullmatch(token.word)) is None:
            continue
        start, end = part_around(text, token.start, token.end, CLAUSE_END)
        before = [one.word for one in every[:i] if one.start >= start]
        told = numbers.get(before[-1], before[-1]) if before else ""
        number = int(before.pop() and told) if told.isdecimal() and not _LENGTHS.often_so.fullmatch(token.word) else 1
        halved = unit["year"] is not None and any(map(_LENGTHS.halved.fullmatch, before))
        months = number * {"month": 1, "quarter": 3, "half": 6, "year": 12}["half" if halved else str(unit.lastgroup)]
        behind = [one.word for one in every[i + 1 :] if one.end <= end]
        beside = tuple(w for w in (*before, *behind) if not _LENGTHS.length.fullmatch(w))
        others = [w for w in beside if not _LENGTHS.beside.fullmatch(w)]
        small = all(class_of(w) is not WordClass.content or (counted and _counts(w, counted, numbers)) for w in others)
        led = "".join(f"{word} " for word in before)
        denied = denies(led, langs) or any(one.denies.search(led) for one in correction_forms(langs))
        since = "".join(f"{word} " for word in before if not _LENGTHS.often.fullmatch(word))
        over = has_lasted(f"{since}{' '.join(('', *behind))}", len(since), len(since))
        if small and 0 < months <= MOST_MONTHS and not (denied or over):
            found.append((term_of_months(months), beside))
    return found[-1] if len({term for term, _ in found}) == 1 else (None, ())
