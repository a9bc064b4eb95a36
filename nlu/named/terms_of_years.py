"""The term that a message wishes for: "na dwa lata", "gli anni sono due", "two years rather than one"."""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nlu.corrections.sentences import correction_forms, fold_letters, keep_stated
from nlu.entities.term_words import OF_WORD, TERM, YEARS, has_lasted, is_term_alone
from nlu.languages.language import Languages
from nlu.named.restated import CLAUSE_END, put_instead
from nlu.phrase_lines import Forms
from nlu.stance import denies, is_told_of
from nlu.tokens import part_around
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("years")

YEAR_WORD = regex(rf"\b(?:{YEARS}|12|24|36)\b")
_HAVE_FOR = regex(r"\b(?:i|we)(?:'?ve| have)\b[^,;.!?]* for\s*$")


class MeantTerm(Struct, frozen=True):
    """A number of years. `wished`: words say so; `changes`: it takes another one's place."""

    value: str
    wished: bool
    changes: bool


def meant_term(text: str, langs: Languages) -> MeantTerm | None:
    """Return the one term that a message is for; None where it only asks, or tells how long something has lasted."""
    if (parts := put_instead(text)) is not None and (term := _anew(parts, langs)) is not None:
        return term
    said, forms = fold_letters(keep_stated(text, langs)), correction_forms(langs)
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
        and not denies(CLAUSE_END.split(said[: term.start()])[-1], langs)
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
    bare = _SAYS.bare.fullmatch(fold_letters(parts[1]).strip(" .!"))
    return None if bare is None else MeantTerm(OF_WORD[bare.group()], wished=True, changes=True)


def _turned_down(said: str) -> Iterator[tuple[int, int]]:
    """Yield where terms are called too long or too short, or needless: "two years is overkill"."""
    for match in (*_SAYS.too.finditer(said), *_SAYS.needless.finditer(said)):
        start, end = part_around(said, match.start(), match.end(), CLAUSE_END)
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
