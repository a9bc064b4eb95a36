"""The term that a message wishes for: "na dwa lata", "gli anni sono due", "two years rather than one"."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nlu.corrections.sentences import correction_forms, plain, stated
from nlu.entities.meant_terms import has_lasted
from nlu.entities.term_words import OF_WORD, TERM, YEARS, is_term_alone
from nlu.languages.language import Languages, spelled
from nlu.named.restated import put_instead
from nlu.phrase_lines import Forms
from nlu.stance import denies, is_told_of
from nlu.tokens import part_around, tokens
from values.meaning import Correction, Expected, Intent
from values.parsing import fold_words
from values.patterns import regex
from values.slots.word_classes import WordClass, class_of
from values.term import MOST_MONTHS, Term, short_form, term_of_months

_SAYS = Forms("years")

YEAR_WORD = regex(rf"\b(?:{YEARS}|12|24|36)\b")
_HAVE_FOR = regex(r"\b(?:i|we)(?:'?ve| have)\b[^,;.!?]* for\s*$")
_CLAUSE_END = regex(r"[,;.!?\n]")
_LENGTHS = Forms("lengths")
_MONTHS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_SMALL = frozenset({WordClass.particle, WordClass.reply, WordClass.pronoun, WordClass.adverb})


def read_length(text: str, expected: Expected, langs: Languages) -> Correction | Intent | None:
    """Return the wish for another term than was chosen, or the question of its price; None where more is said."""
    anew = named_length(parts[1], langs) if (parts := put_instead(text)) is not None else (None, ())
    term, beside = anew if anew[0] is not None else named_length(text, langs)
    slots = (name for name in ("term", "years") if term is not None and name in expected.correctable)
    if term is None or (slot := next(slots, expected.step)) == expected.step:
        return None
    alone = all(class_of(word) in _SMALL or _LENGTHS.joining.fullmatch(word) for word in beside)
    if any(map(_LENGTHS.priced.fullmatch, beside)) or ("?" in text and alone):
        return Intent("ask_price", 1.0, (), text)
    settled = "?" in text or slot == "years" or any(map(_LENGTHS.doubted.fullmatch, beside))
    return None if settled else Correction(slot, short_form(term))


def named_length(text: str, langs: Languages) -> tuple[Term | None, tuple[str, ...]]:
    """Return the one length that a clause names and says little else of, none that is over or denied; and its words."""
    every, numbers, found = tokens(text), spelled(langs), list[tuple[Term, tuple[str, ...]]]()
    for i, token in enumerate(every):
        if (unit := _LENGTHS.length.fullmatch(token.word)) is None:
            continue
        start, end = part_around(text, token.start, token.end, _CLAUSE_END)
        before = [one.word for one in every[:i] if one.start >= start]
        told = numbers.get(before[-1], before[-1]) if before else ""
        number = int(before.pop() and told) if told.isdecimal() else 1
        halved = unit["year"] is not None and any(map(_LENGTHS.halved.fullmatch, before))
        months = number * _MONTHS["half" if halved else str(unit.lastgroup)]
        behind = [one.word for one in every[i + 1 :] if one.end <= end]
        beside = tuple(w for w in (*before, *behind) if not _LENGTHS.length.fullmatch(w))
        small = all(class_of(w) is not WordClass.content or _LENGTHS.beside.fullmatch(w) for w in beside)
        led = "".join(f"{word} " for word in before)
        denied = denies(led, langs) or any(one.denies.search(led) for one in correction_forms(langs))
        since = "".join(f"{word} " for word in before if not _LENGTHS.often.fullmatch(word))
        over = has_lasted(f"{since}{' '.join(('', *behind))}", len(since), len(since))
        if small and 0 < months <= MOST_MONTHS and not (denied or over):
            found.append((term_of_months(months), beside))
    return found[-1] if len({term for term, _ in found}) == 1 else (None, ())


class MeantTerm(Struct, frozen=True):
    """A number of years. `wished`: words say so; `changes`: it takes another one's place."""

    value: str
    wished: bool
    changes: bool


def meant_term(text: str, langs: Languages) -> MeantTerm | None:
    """Return the one term that a message is for; None where it only asks, or tells how long something has lasted."""
    if (parts := put_instead(text)) is not None and (term := _anew(parts, langs)) is not None:
        return term
    said, forms = plain(stated(text, langs)), correction_forms(langs)
    if (no := _SAYS.refusing.match(said)) is not None and is_term_alone(fold_words(said[no.end() :])):
        term = TERM.search(said, no.end())
        return None if term is None else MeantTerm(_years(term), wished=True, changes=True)
    if _SAYS.maybe.search(said) is not None:
        return None
    every, down = list(TERM.finditer(said)), list(_turned_down(said))
    put_right = any(words.signs.search(said) for words in forms)
    meant = [
        term
        for term in every
        if not has_lasted(said, term.start(), term.end())
        and not (_HAVE_FOR.search(said, 0, term.start()) or _SAYS.since.match(said, term.end()))
        and _SAYS.no_whole.match(said, term.end()) is None
        and (put_right or not is_told_of(said, term.start(), term.end(), langs))  # "it was to be two years"
        and not any(start <= term.start() < end for start, end in down)
        and not denies(_CLAUSE_END.split(said[: term.start()])[-1], langs)
    ]
    if down and not meant:
        return _instead(said, down)
    if len({_years(term) for term in meant}) != 1:
        return None
    switched = _SAYS.is_switched.search(said, 0, meant[0].start()) is not None
    denied = any(one.search(said) is not None for one in (_SAYS.not_so_many, _SAYS.too))
    changes = switched or put_right or denied or len(every) > 1
    wished = switched or _SAYS.is_wished.search(said, 0, meant[0].start()) is not None
    return MeantTerm(_years(meant[0]), wished, changes)


def _anew(parts: tuple[str, str], langs: Languages) -> MeantTerm | None:
    """Return the term that takes the place of the one before it, as a bare number, too: "un anno, anzi due"."""
    before, behind = (meant_term(part, langs) for part in parts)
    if before is None or behind is not None:
        return None if behind is None else replace(behind, wished=True, changes=True)
    bare = _SAYS.bare.fullmatch(plain(parts[1]).strip(" .!"))
    return None if bare is None else MeantTerm(OF_WORD[bare.group()], wished=True, changes=True)


def _turned_down(said: str) -> Iterator[tuple[int, int]]:
    """Yield where terms are called too long or too short, or needless: "two years is overkill"."""
    for match in (*_SAYS.too.finditer(said), *_SAYS.needless.finditer(said)):
        start, end = part_around(said, match.start(), match.end(), _CLAUSE_END)
        before = YEAR_WORD.search(said, start, match.start())
        if before is not None:
            yield start, match.end()
        elif YEAR_WORD.search(said, match.end(), end) is not None:
            yield start, end


def _instead(said: str, down: Sequence[tuple[int, int]]) -> MeantTerm | None:
    """Return the number that stands alone beside a term that is turned down: "two years are too many, just one"."""
    bare = _SAYS.bare.finditer(said, max(end for _, end in down))
    numbers = {OF_WORD[match.group()] for match in bare}
    return MeantTerm(numbers.pop(), wished=True, changes=True) if len(numbers) == 1 else None


def _years(term: re.Match[str]) -> str:
    if term["months"]:
        return str(int(term["months"]) // 12)
    return OF_WORD[term["before"] or term["after"] or "1"]
