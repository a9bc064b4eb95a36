"""Words of terms that mean something else where they stand: an age, a SIM card, a language that isn't spoken.

All texts are unaccented words with single spaces; `before` ends and `after` begins at the term, within its clause.
"""

from functools import lru_cache

from nlu.phrase_lines import Forms
from values.patterns import regex

_SAYS = Forms("meant_terms")

MOST_YEARS = 10  # more is an age, or how long a business has been there

_IS = regex(r" (?:is|jest|e|ist) $")


def has_lasted(said: str, start: int, end: int) -> bool:
    """Return whether the time between two places has passed: since, ago, an age."""
    return _SAYS.lasted.search(said, 0, start) is not None or _SAYS.ago.match(said, end) is not None


def means_language(named: str, before: str, after: str) -> bool:
    """Return whether a language is one to be talked in: not somebody's poor one, and not a thing's nationality."""
    plainly = _SAYS.plainly.search(before) or _SAYS.plainly_after.search(after)
    if plainly or _SAYS.translated.search(before) or _SAYS.why_now.search(before):
        return False
    ill = _SAYS.spoken_ill.search(after) or _SAYS.not_well.search(before)
    if ill or (_SAYS.my_own.search(before) and not _SAYS.spoken_well.search(after)):
        return False
    beside = [*_IS.sub("", before).split()[-1:], *after.split()[:1]]
    if any(_SAYS.in_a_language.fullmatch(word) for word in beside):
        return True
    of_a_thing = _SAYS.of_things_form.fullmatch(named) or any(map(_SAYS.of_a_country.fullmatch, beside))
    return not of_a_thing


def means_card(named: str, before: str, after: str, nearby: str) -> bool:
    """Return whether a card is one to pay with: no SIM card, and no paper ("carta")."""
    if _SAYS.other_card.search(before) or _SAYS.other_card_after.search(after):
        return False
    if named != "carta":
        return True
    pays = _SAYS.paying.search(nearby) is not None or _SAYS.electronic.search(nearby) is None
    return pays and not _SAYS.of_paper.search(before)


def means_users(word: str, line: str) -> bool:
    """Return whether people that are counted are to have access, and aren't only told of ("we are three people")."""
    return _SAYS.person.fullmatch(word) is None or _wants_access(line)


@lru_cache(maxsize=4)  # one message may count people more than once
def _wants_access(line: str) -> bool:
    wished = _SAYS.more_or_what_for.search(line) is not None and _SAYS.only_told.search(line) is None
    return wished or _SAYS.given_access.search(line) is not None
