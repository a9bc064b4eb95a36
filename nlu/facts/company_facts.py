"""A company's name and address that a message tells beside other things, before a register or a question has them."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, islice

from nlu.corrections.sentences import fold_letters
from nlu.corrections.told_addresses import STREET_BEGINS, nominative, street_begun_by, tells_another_place
from nlu.facts.named_choices import FoundFact
from nlu.intents.as_meant import is_nationality
from nlu.languages.language import Languages
from nlu.named.restated import split_restatement
from nlu.phrase_lines import alternatives
from nlu.stance import Stance, stance_at
from values import country
from values.kinds.places import PARTS
from values.meaning import Expects, Fact
from values.parsing import Ok, fold_words
from values.patterns import regex
from values.slots.spans import Slot, find_span, said_anew
from values.slots.towns import is_town

_FORM = alternatives("company_facts", "form")
_CAPITAL = r"[A-Z0-9ÀÁÈÉÌÒÙÄÖÜĄĆĘŁŃÓŚŹŻ\"„“«][^\s,;:!?]*"
_BY_FORM = regex(
    rf"(?P<name>{_CAPITAL}(?:[^\S\n]+(?:{_CAPITAL}|i|e|and|&|\+|de|di|del|von)){{0,5}}[^\S\n]+(?i:{_FORM}))"
)
_CALLED = regex(
    rf"{alternatives('company_facts', 'called')}\s*(?::|=|to\b|is\b|[èe](?=\s)|jest\b|as\b"
    r"|(?:powinna (?:by[ćc]|brzmie[ćc])|should (?:be|say|read)|dovrebbe essere|deve essere):?)?\s*",
    re.I,
)
_MAY_CALL = regex("nazw|nazyw|firm|ragion|ditt|aziend|societ|impres|chiamiamo|company|business|trading|called")
"""Without one of these in its folded words a message calls nothing by its name."""
_MAY_BEGIN = regex('[0-9À-Þ"„“«]')
_NAME_ENDS = regex(alternatives("company_facts", "name_ends"), re.I)
_LETTER = "[A-ZĄĆĘŁŃÓŚŹŻÀ-Þ]"
_WORD = rf"(?-i:{_LETTER})[^\W\d_]+"
_TOWN = rf"{_WORD}(?:[ '-]{_WORD}){{0,3}}"
_POSTAL_CODE = r"[0-9]{2}[-–][0-9]{3}|[0-9]{5}"
_STREET = street_begun_by(rf"(?-i:{_LETTER})")
_CODE_AND_TOWN = regex(
    rf"[\s,;]{{1,3}}(?:(?:i|e|a|and|cap|kod|code|pocztowy)\s+){{0,3}}(?P<code>{_POSTAL_CODE})(?![\d-])(?:\s*,?\s*(?P<town>{_TOWN}))?"
)
_PLAIN_ADDRESS = regex(
    rf"(?P<street>{_LETTER}[^\W\d_]*(?:[ .'-]+[^\W\d_]+){{0,4}}\s+[0-9]{{1,4}}[A-Za-z]?"
    rf"(?:\s?/\s?[0-9]{{1,4}}[A-Za-z]?)?)\s*[,;]?\s+(?P<postal_code>[0-9]{{2}}[-–][0-9]{{3}})\s+(?P<city>{_TOWN})"
)
_LABELLED_CODE = regex(
    r"\b(?:kod(?:em|u)?(?:\s+pocztow\w+)?|c\.?a\.?p\.?|post\s?code|postal\s+code|zip(?:\s+code)?)\b"
    rf"[^\d,;:?!]{{0,30}}:?\s*(?P<code>{_POSTAL_CODE})(?![\d-])(?:\s*,?\s*(?:(?:i|e|and)\s+)?(?P<town>{_TOWN}))?",
    re.I,
)
_TOWN_LABEL = r"(?:miast[oa]|miejscowo[śs][ćc]\w{0,2}|citt[àa]|comune|localit[àa]|city|town)"
_IS_TOWN = regex(
    rf"(?:\b{_TOWN_LABEL}\b[^,;:?!\d]{{0,25}}?"
    r"(?::|=|\b(?:to|na|jest|powinn\w+ (?:by[ćc]|brzmie[ćc])|ma by[ćc]|is|should (?:be|say|read)|[èe]|in|con|scriva"
    r"|metta|deve essere)(?=\s))"
    rf"|(?:^|[,;.:]\s*|\d\s+|\b(?:i|oraz|e|ed|and)\s+){_TOWN_LABEL}(?=\s))\s*(?=[^\W\d_])"
)
_SEAT = regex(
    r"\b(?:(?:sede|seat|office|siamo|based)\s+(?:[èe]\s+|is\s+|now\s+|ora\s+)?(?:a|in|at)"
    r"|we(?:'re| are)(?: now)?\s+(?:in|at))\s+(?=[^\W\d_a-z])"
)
"""The locative of Polish isn't the name on an invoice."""
_CLAUSE = regex(r"[^,;:?!\n]+")
_BEFORE_NAME = regex(r"(?:\S*\d{3}\S*\s+(?:(?:i|e|and)\s+)?|(?:[^\W\d_][\w'’-]{3,}|[^\s]*\d[^\s]*)\.\s+)")
"""Words with which a capital letter may seem to begin a name with: a number, the end of a sentence."""
_BEGINS_BEHIND = regex(r"\s*[,;]?\s+(?:(?:i|e|ed|and|a)\s+)?")
_LONGEST = 400
OF_COMPANY = frozenset((Expects.company_name, *PARTS))


def company_facts(text: str, asked: Expects, langs: Languages, taken: Sequence[FoundFact] = ()) -> Iterator[FoundFact]:
    """Yield the name and the parts of the address that a message tells; one that is asked for has its own reader.

    `taken`: what else is found in it, in which no name begins.
    """
    if asked in OF_COMPANY or len(text) > _LONGEST or "?" in text:
        return
    if text.islower() and _MAY_BEGIN.search(text) is None:  # each begins with a capital, or what is as good
        return
    if said_anew(text) != text or split_restatement(text) is not None:  # for the reader of the one slot
        return
    place = list(_place(text, langs))
    yield from _name(text, (*taken, *place), langs)
    yield from place


def _place(text: str, langs: Languages) -> Iterator[FoundFact]:
    address = list(_address(text, langs))
    yield from address
    kinds = {one.fact.kind for one in address}
    if Expects.postal_code not in kinds and (code := _LABELLED_CODE.search(text)) is not None:
        yield from _own(text, code["code"].replace("–", "-"), Expects.postal_code, *code.span(), langs)
        if code["town"] is not None:
            kinds.add(Expects.city)
            yield from _own(text, code["town"], Expects.city, *code.span(), langs)
    if Expects.city not in kinds:
        told = (_town(text, one, address, langs) for one in chain(_IS_TOWN.finditer(text), _SEAT.finditer(text)))
        yield from islice(chain.from_iterable(told), 1)


def _town(text: str, told: re.Match[str], address: Sequence[FoundFact], langs: Languages) -> Iterator[FoundFact]:
    """Yield the town that the rest of a clause is, where it is surely one: no street, and no country."""
    clause = _CLAUSE.match(text, told.end())
    if tells_another_place(fold_letters(text[: told.end()])):
        return
    if clause is None or any(told.end() in range(one.start, one.end) for one in address):
        return
    span = find_span(clause.group().strip(), Slot.city)
    capital, known = span.value[:1].isupper(), is_town(span.value)
    placed = not any(c.isdecimal() for c in clause.group()) and (known or (capital and span.sure))
    if placed and not _is_country(span.value, langs):
        yield from _own(text, span.value, Expects.city, told.start(), clause.start() + len(span.value), langs)


def _is_country(name: str, langs: Languages) -> bool:
    """Return whether a name is a country's, or tells who is from there: "Polish"."""
    return isinstance(country.parse(name, langs[0].code), Ok) or is_nationality(name)


def _name(text: str, taken: Sequence[FoundFact], langs: Languages) -> Iterator[FoundFact]:
    named = _CALLED.search(text) if _MAY_CALL.search(fold_words(text)) is not None else None
    if named is not None:
        ends = _NAME_ENDS.search(text, named.end())
        start, end = named.end(), ends.start() if ends is not None else len(text)
        if (with_form := _BY_FORM.match(text, start)) is not None:
            end = with_form.end("name")
        name = text[start:end].strip(' "„”“«».')
        if name and name[0].isupper() and not _is_country(name, langs):
            yield from _own(text, name_of(text[start:end]), Expects.company_name, named.start(), end, langs)
        return
    if (match := _BY_FORM.search(text)) is not None:  # a number or a sentence's end may stand before it
        start = max((before.end() for before in _BEFORE_NAME.finditer(match["name"])), default=0) + match.start()
        ends = (one.end for one in taken if one.start < match.end() and match.start() < one.end < match.end())
        if (begun := _BEGINS_BEHIND.match(text, max(ends, default=start))) is not None:
            start = max(start, begun.end())
        yield from _own(text, name_of(text[start : match.end()]), Expects.company_name, start, match.end(), langs)


def name_of(words: str) -> str:
    """Return a company's name without the quotation marks around it; the dot of its form stays."""
    return words.strip(' "„”“«»,;:')


def _address(text: str, langs: Languages) -> Iterator[FoundFact]:
    street = _STREET.search(text)
    if street is None and (whole := _PLAIN_ADDRESS.search(text)) is not None:
        span = whole.span()
        for part in PARTS:
            yield from _own(text, whole[part].replace("–", "-"), part, *span, langs)
    if street is None or len(STREET_BEGINS.findall(street.group())) > 1:
        return
    before = fold_letters(text[: street.start()])
    if tells_another_place(before):
        return
    told = nominative(street.group(), before)
    found = list(_own(text, told, Expects.street, *street.span(), langs))
    yield from found
    behind = _CODE_AND_TOWN.match(text, street.end())
    if not found or behind is None:
        return
    yield FoundFact(Fact(Expects.postal_code, behind["code"].replace("–", "-")), *behind.span())
    if behind["town"] is not None:
        yield FoundFact(Fact(Expects.city, behind["town"]), *behind.span())


def _own(text: str, value: str, kind: Expects, start: int, end: int, langs: Languages) -> Sequence[FoundFact]:
    """Return the fact where it is told as the customer's own of today."""
    given = stance_at(text, start, end, langs) in (Stance.asserted, Stance.filler)
    return (FoundFact(Fact(kind, value), start, end),) if given and value else ()
