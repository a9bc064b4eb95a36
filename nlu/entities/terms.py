"""Entities that are words: methods of payment, plans, languages, years, quantities."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from nlu.languages.language import Languages
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.tokens import Token, tokens
from values.meaning import Entity

_METHODS = {
    "card": r"kart[aeąęoy]?|karta\w{0,3}|kartami|carta|carte|cards?|visa|visy|mastercard\w{0,2}|kredytow[aąej]{1,2}"
    r"|american express|amex|postepay|plastik\w{0,2}|plastic|maestro|revolut\w{0,2}",
    "blik": r"bli(?:c?k|q)\w{0,4}",
    "przelewy24": r"przelewy ?24|przelewow ?24|przelewami ?24|przelew ?24|p ?24",
    "paypal": r"pay ?pal\w{0,3}|pai ?pal|paypla|payapl",
    "bank_transfer": r"przelew[a-z]{0,3}(?: (?:bankow|tradycyjn|zwykl)\w+)?|bonific\w{1,6}(?: bancari\w)?|(?:bank"
    r"|wire) transfer|transfer"
    r"|by bank|na konto bankowe",
    "bollettino": r"bollettin\w{1,2}(?: postal\w)?|postal slip|przekaz\w{0,3} pocztow\w+|blankiet\w{0,3} pocztow\w+",
    "apple_pay": r"apple ?pay\w{0,2}",
    "google_pay": r"google ?pay\w{0,2}|g ?pay",
}
_PLANS = {
    "free": r"(?:plan\w{0,2} |pakiet\w{0,2} |piano |wersj\w{1,2} |versione )?(?:darmow\w{1,3}|bezplatn\w{1,3}"
    r"|gratis|gratuit\w)|free (?:plan|version|tier|one)"
    r"|(?:plan|piano) free",
    "basic": r"(?:plan\w{0,2} |pakiet\w{0,2} )?podstawow\w{1,3}|(?:piano |versione |pacchetto )base"
    r"|basic\w{0,2}|bazow\w{1,3}|bejsik\w{0,2}",
    "standard": r"standard(?:ow\w{1,3}|u|em)?|standart\w{0,2}",
    "pro": r"(?:plan\w{0,2} |pakiet\w{0,2} |piano |il |wersj\w{1,2} |the )?pro(?= |$)|professional"
    r"|profesjonaln\w{1,3}|professionale",
    "premium": r"premium",
}
_LANGUAGES = {
    "pl": r"po polsku|polsk\w{1,4}|polacco|polacca|polish",
    "it": r"po wlosku|wlosk\w{1,4}|italian[oa]?",
    "en": r"po angielsku|angielsk\w{1,4}|ingles[ei]|english",
    "de": r"po niemiecku|niemieck\w{1,4}|tedesc[oa]|german|deutsch",
    "uk": r"po ukrainsku|ukrainsk\w{1,4}|ucrain[oa]|ukrainian",
    "ru": r"po rosyjsku|rosyjsk\w{1,4}|russ[oa]|russian",
    "fr": r"po francusku|francusk\w{1,4}|francese|french",
    "es": r"po hiszpansku|hiszpansk\w{1,4}|spagnol[oa]|spanish",
}
_NEGATION = re.compile(
    r"(?:^| )(?:nie|bez|non|niente|senza|not|no|without|instead of|rather than|zamiast|w miejsce"
    r"|(?:invece|al posto) (?:di|del|della)|anziche|nicht|kein\w{0,2}|ohne|statt|ne)"
    r"(?: (?!(?:tylko|lecz|ale|but|ma|bensi|sondern)\b)\S{1,8}){0,2}$"
)
_BREAK = re.compile(r"[,;.!?:]|\n")
_OLD = re.compile(r"(?:^| )(?:z|dal|dalla|from) (?:\S{1,6} )?$")
_YEAR_WORD = re.compile(r"(?:rok|roku|lata|lat|roczek|latka|ann[oi]|annett[oi]|years?|yrs?)")
_MONTH_WORD = re.compile(r"(?:miesiac\w{0,3}|miesiecy|mies|mes[ei]|months?)")
_ONE_YEAR = frozenset("roczek annetto".split())
_A_YEAR = frozenset("rok anno year yr twelvemonth".split())
_ONE_MORE = frozenset(
    "na o kolejny nastepny jeden jeszcze dodatkowy altro another next more further extra additional".split()
)
_UNIT_WORD = re.compile(
    r"(?:uzytkowni\w{1,6}|osob\w{0,3}|stanowisk\w{0,3}|miejsc\w{0,2}|licencj\w{0,2}|kont[oa]?|userow"
    r"|utent[ei]|person[ae]|postazion[ei]|post[oi]"
    r"|licenz[ae]|users?|seats?|people|persons?|licen[cs]es?|pakiet\w{0,3}|pacchett[oi]|packs?|packages?|sztuk\w?)"
)
_PACK_WORD = re.compile(
    r"(?:pakiet\w{0,3}|pakiecik\w{0,3}|paczk\w{0,3}|paczek|porcj\w{1,3}|blok\w{0,3}|pacchett[oi]|tagli\w?|taglio"
    r"|blocc(?:o|hi)|packs?|packets?|packages?|blocks?|cuts?|bundles?)"
)
_DOZEN = re.compile(r"tuzin\w{0,2}|dozzin[ae]|dozens?")
_MOST_DIGITS = 6
_HALF = frozenset("pol mezza mezzo half".split())
_COUPLE = re.compile(r"para|paio|couple")
_GIGABYTES = re.compile(r"gb|giga|gigabajt\w{0,3}|gigabyte[si]?|gigi")


def find_terms(text: str, langs: Languages) -> list[Entity]:
    """Return the methods, plans, languages, years and quantities that a text names."""
    words = tokens(text)
    line = " ".join(t.word for t in words)
    found = [
        *find_methods(text, langs)[0],
        *_named(text, line, words, [*_PLAN_PATTERNS, *_brought(langs, "plan")], "plan"),
        *_languages(text, line, words, [*_LANGUAGE_PATTERNS, *_brought(langs, "language")]),
    ]
    amounts = {(e.entity, e.value): e for e in _amounts(text, words, langs)}
    return [*found, *amounts.values()]


def bare_quantity(text: str, langs: Languages) -> Entity | None:
    """Return the number that a message says where a quantity is asked for, whatever it counts; the last one said."""
    said = [(candidates(run)[0], run.start, run.end) for run in runs(text, langs)]
    said = [one for one in said if len(one[0]) <= _MOST_DIGITS]
    number = said[-1] if said else unsaid_number(tokens(text))
    return Entity("quantity", str(int(number[0])), *number[1:]) if number is not None else None


def names_a_method(said: str, langs: Languages) -> bool:
    """Return whether a word of a folded text may name a way to pay: a cheap look before `find_methods`."""
    return any(pattern.search(said) for pattern in _method_hints(langs))


def find_methods(text: str, langs: Languages) -> tuple[list[Entity], list[Entity]]:
    """Return the ways to pay that a text names, and those that it names with a word of denying."""
    words = tokens(text)
    line = " ".join(t.word for t in words)
    patterns = [*_METHOD_PATTERNS, *_brought(langs, "payment_method")]
    hits = _hits(text, line, words, patterns)
    every = [(Entity("payment_method", hit.value, *_offsets(line, words, hit.start, hit.end)), hit) for hit in hits]
    return [one for one, hit in every if not hit.denied], [one for one, hit in every if hit.denied]


def _compiled(table: dict[str, str]) -> list[tuple[str, re.Pattern[str]]]:
    return [(value, re.compile(rf"(?<![^ ])(?:{pattern})(?![^ ])")) for value, pattern in table.items()]


_METHOD_PATTERNS, _PLAN_PATTERNS, _LANGUAGE_PATTERNS = map(_compiled, (_METHODS, _PLANS, _LANGUAGES))
_A_METHOD = re.compile(rf"(?<![^ ])(?:{'|'.join(_METHODS.values())})(?![^ ])")


@lru_cache(maxsize=32)
def _method_hints(langs: Languages) -> tuple[re.Pattern[str], ...]:
    """Return all shipped names of methods as one pattern, and those of languages that a seller brings."""
    return (_A_METHOD, *(pattern for _, pattern in _brought(langs, "payment_method")))


def _brought(langs: Languages, entity: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    for lang in langs:
        yield from lang.terms.named.get(entity, ())


Patterns = list[tuple[str, re.Pattern[str]]]


@dataclass(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    value: str
    denied: bool


def _named(text: str, line: str, words: Sequence[Token], patterns: Patterns, entity: str) -> Iterator[Entity]:
    for hit in _hits(text, line, words, patterns):
        if not hit.denied:
            yield Entity(entity, hit.value, *_offsets(line, words, hit.start, hit.end))


def _hits(text: str, line: str, words: Sequence[Token], patterns: Patterns) -> list[_Hit]:
    """Return what is named, each value once, without what is only a part of a longer name."""
    hits: list[_Hit] = []
    # A shipped word and the same one of another language are one hit.
    every = sorted({(m.start(), m.end(), value) for value, pattern in patterns for m in pattern.finditer(line)})
    previous = 0
    for start, end, value in every:
        clause = max(previous, _clause_start(text, line, words, start))
        denied = _negated(line[clause:start])
        if not any((value, denied) == (hit.value, hit.denied) for hit in hits):
            hits.append(_Hit(start, end, value, denied))
        previous = max(previous, start)
    return [hit for hit in hits if not any(_inside(hit, other) for other in hits)]


def _inside(hit: _Hit, other: _Hit) -> bool:
    whole = (hit.start, hit.end) == (other.start, other.end)
    return not whole and other.start <= hit.start and hit.end <= other.end


def _clause_start(text: str, line: str, words: Sequence[Token], at: int) -> int:
    """Return the start in `line` of the clause of the word at `at`: after the last comma or stop before it."""
    index = line.count(" ", 0, at)
    first = index
    while first > max(0, index - 6) and not _BREAK.search(text, words[first - 1].end, words[first].start):
        first -= 1
    return len(" ".join(t.word for t in words[:first]))


def _negated(before: str) -> bool:
    return bool(_NEGATION.search(before[-40:].rstrip()))


def _languages(text: str, line: str, words: Sequence[Token], patterns: Patterns) -> Iterator[Entity]:
    for value, pattern in patterns:
        for match in pattern.finditer(line):
            before = line[_clause_start(text, line, words, match.start()) : match.start()]
            if not _negated(before) and not _OLD.search(before[-12:]):
                yield Entity("language", value, *_offsets(line, words, match.start(), match.end()))
                break


def _offsets(line: str, words: Sequence[Token], start: int, end: int) -> tuple[int, int]:
    first = line.count(" ", 0, start)
    last = first + line.count(" ", start, end)
    return words[first].start, words[last].end


def _amounts(text: str, words: Sequence[Token], langs: Languages) -> Iterator[Entity]:
    ends = {t.start: i for i, t in enumerate(words)}
    for run in runs(text, langs):
        value = int(candidates(run)[0][:6] or 0)
        after = next((ends[t.start] for t in words if t.start >= run.end), None)
        if after is None or not 0 < value < 1000 or words[after].start - run.end > 2:
            continue
        following = words[after : after + 3]
        yield from _counted(value, following, run.start, langs)
    yield from _unsaid(words)


def _counted(value: int, following: Sequence[Token], start: int, langs: Languages) -> Iterator[Entity]:
    year, month, unit = (_any(pattern, kind, langs) for pattern, kind in _COUNTED)
    for place, token in enumerate(following):
        if place == 0 and year(token.word):
            yield Entity("years", str(value), start, token.end)
        elif place == 0 and month(token.word) and value % 12 == 0:
            yield Entity("years", str(value // 12), start, token.end)
        elif place == 0 and _GIGABYTES.fullmatch(token.word) and value % 5 == 0:
            yield Entity("quantity", str(value // 5), start, token.end)
        elif unit(token.word):
            yield Entity("quantity", str(value), start, token.end)
        else:
            continue
        return


_COUNTED = ((_YEAR_WORD, "year"), (_MONTH_WORD, "month"), (_UNIT_WORD, "unit"))


@dataclass(frozen=True, slots=True)
class UnitWords:
    """Words beside a number that say what it counts.

    Packs, people (or their seats and licences), gigabytes, and years or months.
    """

    pack: Callable[[str], bool]
    person: Callable[[str], bool]
    gigabyte: Callable[[str], bool]
    time: Callable[[str], bool]


def unit_words(langs: Languages) -> UnitWords:
    year, month, unit, pack = (_any(p, kind, langs) for p, kind in (*_COUNTED, (_PACK_WORD, "pack")))
    return UnitWords(
        pack,
        lambda word: unit(word) and not pack(word),
        lambda word: _GIGABYTES.fullmatch(word) is not None,
        lambda word: year(word) or month(word),
    )


def unsaid_number(words: Sequence[Token]) -> tuple[str, int, int] | None:
    """Return a number that no number word says (a couple, half a dozen), with its place."""
    for number, pattern in ((2, _COUPLE), (12, _DOZEN)):
        at = next((i for i, token in enumerate(words) if pattern.fullmatch(token.word)), None)
        if at is not None:
            halved = [token for token in words[max(0, at - 2) : at] if token.word in _HALF]
            start = halved[0].start if halved else words[at].start
            return str(number // 2 if halved else number), start, words[at].end
    return None


def _any(shipped: re.Pattern[str], kind: str, langs: Languages) -> Callable[[str], bool]:
    brought = [pattern for lang in langs if (pattern := getattr(lang.terms, kind)) is not None]
    return lambda word: any(pattern.fullmatch(word) for pattern in (shipped, *brought))


def _unsaid(words: Sequence[Token]) -> Iterator[Entity]:
    """ "roczek", "na rok", "un annetto", a dozen: numbers that no number word says."""
    if any(_DOZEN.fullmatch(token.word) for token in words) and (dozen := unsaid_number(words)) is not None:
        yield Entity("quantity", *dozen)
    for i, token in enumerate(words):
        before = words[i - 1].word if i else ""
        if token.word in _ONE_YEAR or (token.word in _A_YEAR and before in _ONE_MORE):
            yield Entity("years", "1", token.start, token.end)
