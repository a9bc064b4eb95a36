"""Words for days in Polish, Italian, English and German, unaccented: months, weekdays, "tomorrow", ordinals.

One table of all languages: customers mix them, and next to the number of a day no word means two months.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from values.kinds.said_numbers import GERMAN, number_words
from values.patterns import regex

_MONTHS = (
    "stycz(?:en|nia|niu)|sty|gennaio|gen|january?|janner|jan",
    "lut(?:y|ego|ym)?|febbraio|february?|feb",
    "mar(?:zec|ca|cu|zo|ch|z)?|maerz",
    "kwie(?:cien|tnia|tniu)|kwi|aprile?|apr",
    "maj[au]?|maggio|mag|may|mai",
    "czerw(?:iec|ca|cu)|cze|giugno|giu|june?|juni|jun",
    "lip(?:iec|ca|cu)?|luglio|lug|july?|juli|jul",
    "sierp(?:ien|nia|niu)|agosto|ago|august|aug",
    "wrze(?:sien|snia|sniu)|wrz|settembre|sett?|september|sept?",
    "pazdziernik[au]?|paz|ottobre|ott|october|oct|oktober|okt",
    "listopad(?:a|zie)?|lis|november|novembre|nov",
    "grud(?:zien|nia|niu)|gru|dicembre|dic|december|dec|dezember|dez",
)
_WEEKDAYS = (
    "poniedzial(?:ek|ku)|lunedi|monday|montag",
    "wtor(?:ek|ku)|martedi|tuesday|dienstag",
    "srod[aey]|mercoledi|wednesday|mittwoch",
    "czwart(?:ek|ku)|giovedi|thursday|donnerstag",
    "piat(?:ek|ku)|venerdi|friday|freitag",
    "sobot[aey]|sabato|saturday|samstag|sonnabend",
    "niedziel[aei]|domenica|sunday|sonntag",
)
_FROM_TODAY: Mapping[str, int] = {
    r"przedwczoraj\w*|(?:dzien )?przed wczoraj\w*|(?:l.)?altro ?ieri|ieri l.altro|avantieri|day before yesterday"
    r"|vorgestern": -2,
    r"(?<!przed )wczoraj(?:sz\w+)?|(?<!altro )(?<!altro)ieri(?! l.altro)|(?<!day before )yesterday|gestern": -1,
    r"dzis(?:iaj)?|dzisiejsz\w+|oggi|today|heute": 0,
    r"jutr[oa]|(?<!dopo)(?<!dopo )domani|(?<!day after )tomorrow|(?<!guten )(?<!am )(?<!jeden )morgen": 1,
    r"pojutrze|dopo ?domani|day after tomorrow|ubermorgen": 2,
}
_UNITS: Mapping[str, str] = {
    "days": "dni|dzien|giorn[oi]|days?|tag(?:en?)?",
    "weeks": "tydzien|tygodnie?|settiman[ae]|weeks?|wochen?",
    "months": "miesiac[ea]?|miesiecy|mes[ei]|months?|monat(?:en?)?",
    "years": "rok|lat|lata|ann[oi]|years?|jahr(?:en?)?",
}
ENGLISH_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?"
)
"""Months in front of a day are an English custom."""
MONTHS = "|".join(_MONTHS)
_COUNT = r"(?:(?P<count>[0-9]{1,3}|an?|una?|eine[mnrs]?)\s+)?"
_EACH = "|".join(f"(?P<{unit}>{words})" for unit, words in _UNITS.items())
ONE_UNIT = regex(r"dzien|tydzien|miesiac|rok|giorno|settimana|mese|anno|day|week|month|year|tag|woche|monat|jahr")
"""Units that are one where no number stands before them."""
AHEAD = regex(rf"\b(?:za|tra|fra|in)\s+{_COUNT}(?:{_EACH})\b")
"""So many days, weeks, months or years from today."""
AGO = (regex(rf"\b{_COUNT}(?:{_EACH})\s+(?:temu|fa|ago)\b"), regex(rf"\bvor\s+{_COUNT}(?:{_EACH})\b"))
"""So many before today."""
_OTHER_WEEK = r"(?:przyszl\w+|nastepn\w+|kolejn\w+|next|nachste[mnrs]?)"
ANOTHER_WEEKS = regex(rf"\b{_OTHER_WEEK} (?:{'|'.join(_WEEKDAYS)})\b|\b(?:{'|'.join(_WEEKDAYS[:7])}) {_OTHER_WEEK}\b")
"""The coming one to some, the one after it to others."""
_PAST = (
    r"zeszl\w*|ubiegl\w*|minion\w*|ostatni\w*|poprzedni\w*|scors[oaie]|passat[oaie]|ultim[oaie]|precedent[ei]|last|past"
    r"|previous|letzt\w*|vorig\w*|vergangen\w*"
)
_NOT = r"nie|ani|oprocz|poza|non|ne|tranne|not|but|except|never|no|nicht|kein\w*|ausser"
_EVERY = r"kazd\w*|co|ogni|tutti i|tutte le|every|each|jede[mnrs]?"
_NTH = r"(?:\s+(?:other|alternate|altr[oaie]|[0-9]{1,2}(?:nd|rd|th|\.)?))?"
_FEW = r"kilk\w*|par[eu]|paio di|qualche|few|couple of|some|several|einig\w*|paar|mehrere\w*"
_FEAST = (
    r"wielk\w*|tlust\w*|czarn\w*|popielcow\w*|palmow\w*|good|black|easter|ash|palm|holy|cyber|maundy|shrove"
    r"|sant[oa]|grass[oa]|d(?:i|el\w*) (?:pasqua|ceneri|palme|angelo)"
)
_BOUND = r"(?:naj)?(?:pozniej|wczesniej)|latest|earliest|later than|sooner than|tardi|presto|spatestens|fruhestens"
_BESIDE = r"przed|po(?! poludni)|przez|since|before|after|beyond|prima|dopo|oltre|vor|nach|altr[oaie]"
_SMALL = (
    r"(?:(?:w|we|na|od|do|o|dnia|dniem|dniu|niz|on|at|the|of|from|than|in|il|lo|la|di|da|del|dal|al|i|che|am|ab|den|dem"
    r"|der)\s+|[dl]'|(?:del|dal|al)l'|d'|-)*"
)
_PERIODS = (
    r"dni|tydzien|tygodni\w*|miesi\w*|roku?|lata?|kwarta\w*|weekend\w*|giorni|settiman[ae]|mes[ei]|ann[oi]|trimestr[ei]"
    r"|days|weeks?|months?|years?|quarters?|fortnights?|tage[ns]?|wochen?|monat\w*|jahr\w*"
)
_HALF_OR_WORKING = r"pol|poltor\w*|half|mezz[oa]|halb\w*|robocz\w*|working|business|lavorativ\w*|werktag\w*"
_FOR = ("na", "for", "per", "fur")  # "for two years from 5 May" is a term beside a day
_NO_TERM = "".join(rf"(?<!\b{word} )(?<!\b{word} [0-9] )" for word in _FOR)
TURNED_BEFORE = regex(
    rf"\b(?:{_PAST})(?:\s+[^\W\d_]+){{0,2}}\s+$|\b(?:{_NOT}|(?:{_EVERY}){_NTH}|{_FEAST}|{_BOUND}|{_FEW})\s+{_SMALL}$"
    rf"|{_NO_TERM}\b(?:{_PERIODS})(?:\s+\w+)?\s+{_SMALL}$"
    rf"|(?:\b(?:{_BESIDE})|[0-9](?:st|nd|rd|th|\.|°)?)(?:\s+[^\W\d_]+)?\s+{_SMALL}$"
)
"""Before a day these make another of it: "last", "not", "every", "before", "a week from", "the second"."""
TURNED_BEHIND = regex(
    rf"(?:\s+[\w']+){{0,2}}?\s+(?:{_PAST}|{_BOUND}|{_HALF_OR_WORKING})\b"
    rf"|\s+(?:{_FEAST}|wielkanocn\w*|but|after|before|dopo|prima|nach|vor)\b|\s+(?:{_NOT})\s*(?:$|[,;.!])"
    r"|\s+(?:po|przed)\s+(?!poludni|obied|prac|polnoc|godz|[0-9])"
    rf"|(?:\s+(?!(?:{'|'.join(_FOR)}|auf)\b)[^\W\d_]+'?){{0,2}}?\s*(?:\b|(?<='))(?:{_PERIODS})\b|\s+a\s+[0-9]"
    r"|\s*(?:do|a|al|to|till|bis|i|e|ed|and|und|lub|albo|o|or|oder|[-,/+])\s*(?:the |il |dem )?[0-9]{1,2}(?![0-9:.])"
    r"(?!\s*\w)|\s+[0-9]{1,2}(?![0-9:.]|\s*(?:am|pm|h|uhr|r)\b)"
)
"""Behind a day these make another of it: "last year", "or two", "after next", "and a half"."""
OTHER_MONTH = regex(
    rf"\b(?:(?=\w{{4}})(?!maja)(?:{MONTHS})|(?:of|in|di|w|we|im)\s+(?:may|maj[au]?|mai|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec))\b"
)
"""A month that is named without a day: "the last Monday of March"."""
_POLISH_ORDINALS = (
    "pierwsz drug trzec czwart piat szost siodm osm dziewiat dziesiat jedenast dwunast trzynast czternast pietnast"
    " szesnast siedemnast osiemnast dziewietnast dwudziest trzydziest"
)
_ENGLISH_ORDINALS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
_GERMAN_ORDINALS = {"ein": "erst", "drei": "dritt", "sieben": "siebt", "acht": "acht"}
_NUMBERS = (*range(1, 20), 20, 30)


def _compiled(patterns: Iterator[tuple[str, int]]) -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple((regex(rf"\b(?:{words})\b"), number) for words, number in patterns)


WEEKDAYS = _compiled((words, day) for day, words in enumerate(_WEEKDAYS))
"""Words of a weekday with its number, Monday's is 0."""
FROM_TODAY = _compiled((words, days) for words, days in _FROM_TODAY.items())
"""Words with how many days they are from today."""
_MONTH_NUMBERS = _compiled((words, month) for month, words in enumerate(_MONTHS, start=1))


def month_of(word: str) -> int:
    """Return the month, 1 to 12, that a word matched by `MONTHS` stands for."""
    return next(number for pattern, number in _MONTH_NUMBERS if pattern.fullmatch(word) is not None)


@cache
def ordinals() -> Mapping[str, int]:
    """Return the ordinals by which days and years are said, with their numbers."""
    found = {
        f"{stem}{ending}": number
        for stem, number in zip(_POLISH_ORDINALS.split(), _NUMBERS, strict=True)
        for ending in "y i a e ie ego iego ej iej ym im ych ich ymi imi".split()
    }
    found |= dict(zip(_ENGLISH_ORDINALS.split(), _NUMBERS, strict=True))
    found |= {"primo": 1}
    below = number_words(GERMAN).digits
    for word, digits in below.items():
        number = int(digits)
        if 0 < number < 32:
            stem = _GERMAN_ORDINALS.get(word, f"{word}{'t' if number < 20 else 'st'}")
            found |= {f"{stem}{ending}": number for ending in ("e", "en", "er", "em", "es")}
    return found
