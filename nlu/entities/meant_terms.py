"""Words of terms that mean something else where they stand: an age, a SIM card, a language that isn't spoken.

All texts are unaccented words with single spaces; `before` ends and `after` begins at the term, within its clause.
"""

from functools import lru_cache, partial

from nlu.phrase_lines import alternatives
from values.patterns import regex

_words = partial(alternatives, "meant_terms")
_LASTED = regex(r"\b" + _words("lasted") + r"\s*$")
_AGO = regex(r"\s*" + _words("ago") + r"\b")
_MOST_YEARS = 10  # more is an age, or how long a business has been there

_TRANSLATED = regex(r"(?<![^ ])" + _words("translated") + r"(?![^ ])")
_WHY_NOW = regex(r"(?<![^ ])(?:why|perche|dlaczego|czemu|warum|wieso)(?! (?:don t|not|can t|non|nie|nicht)\b)")
_MY_OWN = regex(r"(?<![^ ])(?:my|mio|moj|mojego|moim|mein|meinem)(?: \S+)? $")
_SPOKEN_WELL = regex(r"^ (?:is|s|jest|e|ist) (?:\S+ )?" + _words("spoken_well") + r"\b")
_SPOKEN_ILL = regex(
    r"^ (?:(?:is|s|jest|e|ist|lo|lo (?:parl|legg|cap)\w{1,4}|to|mi) ){0,2}(?:\S+ )?"
    r"(?:poor|bad|rubbish|terrible|awful|weak|rusty|limited|broken|sucks|isn t|is not|non e|nie jest|nicht"
    r"|scars[oa]|pessim[oa]|a fatica|male|poco|slab\w{1,2}|kiepsk\w{1,2}|kulej\w|schlecht)\b"
)
_NOT_WELL = regex(
    r"(?<![^ ])(?:(?:slabo|kiepsko|malo|ledwo|zle|male|poco|a fatica|barely|hardly|little|bad|poor|broken|kaum|wenig"
    r"|schlecht|never)|(?:(?:don|doesn|didn|can|couldn|won) t|cannot|dont|doesnt|cant) (?!(?:you|we|i)\b)\S+)"
    r"(?: (?:mowi\w{0,2}|rozumi\w{1,3}|znam|zna|parl\w|capisc\w|so|legg\w|speaks?|understands?|know|reads?|learned"
    r"|learnt|spreche|verstehe))?(?: (?:po|l|il|in|any|much|very|bene|dobrze|well))* ?$"
)
_PLAINLY = regex(r"(?<![^ ])(?:plain|simple|proper|prost\w{1,3}|ludzk\w{1,3}) $")
_PLAINLY_AFTER = regex(r"^ (?:uman[oa]|semplice|comprensibile|corrente|ludzk\w{1,3})\b")
_OF_THINGS_FORM = regex(_words("of_things_form"))
"""Forms that only things have, and what may be had in a language: "wersja polska", "lingua tedesca"."""
_IN_A_LANGUAGE = regex(r"(?:wersj|version|lingu|jezyk|mow|rozmow|obslug|stron|tresc|sprach|mutacj)\w*")
_IS = regex(r" (?:is|jest|e|ist) $")
_OF_A_COUNTRY = regex(_words("of_a_country") + r"\w*")
"""Beginnings of what has a nationality, unaccented, in all languages."""

_OTHER_CARD = regex(r"(?<![^ ])" + _words("other_card") + r" $")
_OTHER_CARD_AFTER = regex(r"^ " + _words("other_card_after") + r"\w*")
_OF_PAPER = regex(r"(?<![^ ])" + _words("of_paper") + r" $")
_ELECTRONIC = regex(r"(?<![^ ])(?:elettronic|digital|e fattur|pdf)")
_PAYING = regex(r"(?<![^ ])(?:pag|addebit|credito|debito|prepagat|scad|accett|visa|bonific|paypal)")

_PERSON = regex(r"osob\w{0,3}|person[ae]|people|persons?|personen")
_GIVEN_ACCESS = regex(r"(?<![^ ])" + _words("given_access"))
_MORE_OR_WHAT_FOR = regex(r"(?<![^ ])" + _words("more_or_what_for"))
_ONLY_TOLD = regex(r"(?<![^ ])" + _words("only_told") + r"(?![^ ])")


def has_lasted(said: str, start: int, end: int) -> bool:
    """Return whether the time between two places has passed: since, ago, an age."""
    return _LASTED.search(said, 0, start) is not None or _AGO.match(said, end) is not None


def is_term(years: int, said: str, start: int, end: int) -> bool:
    """Return whether so many years may be those of a subscription."""
    return years <= _MOST_YEARS and not has_lasted(said, start, end)


def means_language(named: str, before: str, after: str) -> bool:
    """Return whether a language is one to be talked in: not somebody's poor one, and not a thing's nationality."""
    if _TRANSLATED.search(before) or _WHY_NOW.search(before) or _PLAINLY.search(before) or _PLAINLY_AFTER.search(after):
        return False
    ill = _SPOKEN_ILL.search(after) or _NOT_WELL.search(before)
    if ill or (_MY_OWN.search(before) and not _SPOKEN_WELL.search(after)):
        return False
    beside = [*_IS.sub("", before).split()[-1:], *after.split()[:1]]
    if any(_IN_A_LANGUAGE.fullmatch(word) for word in beside):
        return True
    return _OF_THINGS_FORM.fullmatch(named) is None and not any(_OF_A_COUNTRY.fullmatch(word) for word in beside)


def means_card(named: str, before: str, after: str, nearby: str) -> bool:
    """Return whether a card is one to pay with: no SIM card, and no paper ("carta")."""
    if _OTHER_CARD.search(before) or _OTHER_CARD_AFTER.search(after):
        return False
    if named != "carta":
        return True
    return not _OF_PAPER.search(before) and (_PAYING.search(nearby) is not None or not _ELECTRONIC.search(nearby))


def means_users(word: str, line: str) -> bool:
    """Return whether people that are counted are to have access, and aren't only told of ("we are three people")."""
    return _PERSON.fullmatch(word) is None or _wants_access(line)


@lru_cache(maxsize=4)  # one message may count people more than once
def _wants_access(line: str) -> bool:
    wished = _MORE_OR_WHAT_FOR.search(line) is not None and _ONLY_TOLD.search(line) is None
    return wished or _GIVEN_ACCESS.search(line) is not None
