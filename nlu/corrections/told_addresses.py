"""A whole address in one line, or told in a sentence: "jest stary adres, przeprowadziliśmy się na ul. Nową 7".

It begins where the street does, is the customer's own and today's, and stands in the nominative, as on an invoice. In a
line street, postal code and town come in the orders in which people write them.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from nlu.corrections.correction_words import tells_a_move
from nlu.corrections.sentences import plain
from nlu.languages.language import Languages
from nlu.stance import Stance, is_given, stance_at
from values import country
from values.kinds.places import PARTS
from values.meaning import Expects
from values.parsing import Ok
from values.patterns import regex
from values.slots.spans import said_anew
from values.slots.word_classes import WordClass, class_of

LONGEST = 250
STREET_TYPES = (
    r"(?:ul\.?|ulic[aęy]|al\.?|alej[aęi]|pl\.|plac|os\.|osiedle"
    r"|via|viale|v\.le|piazza|p\.zza|corso|largo|vicolo|strada)"
)
STREET_BEGINS = regex(rf"(?<![\w.]){STREET_TYPES}\s+(?=[^\s,;:?!])", re.I)
_SPACES = regex(r"\s+")
_LINE_CODE = (
    r"(?:[A-Z]{1,2}[-–] ?)?(?P<postal_code>[0-9]{2}[-–][0-9]{3}|[0-9]{3} [0-9]{2}"
    r"|[0-9]{4}[-–][0-9]{3}|[0-9]{4,6}(?: [A-Z]{2})?)(?![\w/-])"
)
_LINE_STREET = r"(?P<street>[^\n;?!]{3,120}?)"
_LINE_TOWN = r"(?P<city>(?!(?:and|but|i|oraz|ale|e|ed|ma|und|aber)\s)[^\W\d_][^\d\n,;:?!@]*)"
_BREAK = r"(?:\s*[,;\n]\s*|\s+[-–]\s+)"
_LAND = r"(?:\s*[,;\n]\s*(?P<country>[^\W\d_][^\d\n,;]*))?"
_LABEL = regex(r"(?:kod(?:em)?(?: pocztowy)?|c\.?a\.?p\.?|post ?code|postal code|zip(?: code)?|plz)", re.I)
"""The name of a postal code is no town: "ul. Krótka 5, kod 80-308"."""
_LABEL_BEHIND = regex(rf"[\s,;.]+(?:(?:i|e|and)\s+)?{_LABEL.pattern}:?$", re.I)
_FORMS = tuple(
    regex(form + _LAND + r"[.\s]*")
    for form in (
        rf"{_LINE_STREET}(?:{_BREAK}|\s+){_LINE_CODE}\s*,?\s*{_LINE_TOWN}",
        rf"{_LINE_CODE}\s+{_LINE_TOWN}{_BREAK}{_LINE_STREET}",
        rf"{_LINE_STREET}{_BREAK}{_LINE_TOWN}(?:{_BREAK}|\s+){_LINE_CODE}",
        rf"{_LINE_CODE}\s*,?\s*{_LINE_TOWN}",
    )
)


def street_begun_by(letter: str) -> re.Pattern[str]:
    """Return the pattern of a street with its number whose name begins with such a letter."""
    return regex(
        rf"(?<![\w.]){STREET_TYPES}\s+(?:[0-9]{{1,2}}\.?\s+)?{letter}[^\d,;:?!\n]{{0,60}}?\s+"
        r"[0-9]{1,4}[A-Za-z]?(?!\w)"
        r"(?:\s?[/-]\s?[0-9]{1,4}[A-Za-z]?)?(?:,?\s(?:m|lok|int|scala)\b\.?\s?\w{1,4}(?!\w))?",
        re.I,
    )


_STREET = street_begun_by(r"[^\W\d_]")
_REST = regex(
    r"[\s,;.]+(?:(?:a|i|ale|e|ma|and|but)\s+)?(?:(?:cała|tutta?|all)\s+)?"
    r"(?:reszta|pozosta\w+|(?:il|tutto il)\s+resto|the\s+rest|everything\s+else|der\s+rest)\b[^?]*$",
    re.I,
)
_NAMED = regex(r"adres|indirizz|address|ulic|siedzib|\bsede\b|\bstreet\b|\bvia\b|miejscow|\bkod|\bcap\b|\bpost")
_LEAD = regex(
    r"[^\d?]{0,60}?\b(?:adres\w{0,2}|indirizzo|address|siedzib\w|sede|street)\b[^\d?]{0,40}?"
    r"(?::|\b(?:to|na|jest|in|e|is|at|a)(?=\s))\s*",
)
_RATHER = regex(r"(?:\b(?:tylko|lecz|ale|bensi|ma|but|rather)|[,;] ?)\s*(?:(?:na|w|in|a|at)\s+)?$")
_CODE = r"(?:kod(?:em)?(?:\s+pocztow\w+)?|c\.?a\.?p\.?|post(?:al)?\s?code|zip(?:\s+code)?)"
_TOWN = r"(?:miejscowosc|miasto|citta|comune|localita|town|city)"
_IS = r"\s*(?::|=|\bto\b|\bis\b|\be\b|\bjest\b)?\s*"
_LABELLED = regex(
    rf"(?:{_CODE}{_IS}(?P<code>[0-9][0-9 -]{{3,6}}[0-9])|{_TOWN}{_IS}(?P<city>[^\W\d_][^\d,;:?!]*?))"
    rf"(?:\s*[,;]\s*|\s+(?:i|a|e|and)\s+|[\s.!]*$)"
)
_BARE_CODE = regex(r"kod(?:em)?(?! poczt)")
_PLAIN = regex(r"[^\W\d_][\w.'’ -]{1,50} [0-9]{1,4}[A-Za-z]?(?:\s?/\s?[0-9]{1,4}[A-Za-z]?)?[ .]*")
_AT = regex(r"\b(?:na|przy|w|we|z|ze|do|od|zamiast)\s+$")
_OBLIQUE = regex(r"ulic[ęy]", re.I)
_OF_WOMEN = frozenset("orzeszkowej konopnickiej sklodowskiej dabrowskiej nalkowskiej szymborskiej zapolskiej".split())
_NOT_SEAT = regex(
    r"\b(?:nie(?: jest)?|non e|isn'?t|is not|not|nicht)\s+"
    r"(?:(?:nasz[ae]?|moj[ae]?|la|il|our|my|the|unser\w?|mein\w?)\s+)*"
    r"(?:siedzib\w|adres\w{0,2}|sede|indirizzo|seat|office|address|sitz|anschrift)\b\s*[.!]*$"
)
"""At the end of a message: the address that it tells is another one's, "but it isn't our office"."""
_PLACE_BEFORE = regex(
    r"(?<![\w'])(?P<place>[^\W\d_]{3,})(?:'s|\s+(?:e'?|sta|si trova|abbiamo|is|lies|jest|mamy|mam"
    r"|(?:znajduje|miesci) sie|ist|liegt|haben wir))\s+(?:in|at|on|a|al|alla|presso|na|przy|w|auf)(?: der| dem)?\s+$"
)
_ELSEWHERE = regex(
    r"wysylk|dostaw|korespond|magazyn|oddzial|fili[aeię]|drugi|druga|prywatn|domow|domu|consegn|spedizi|magazzin|filial"
    r"|seconda|corrispond|privat|deliver|shipping|correspond|warehouse|branch|second|home"
)
"""Of another address than the company's: in the clause that names a place."""
_SEATS = frozenset("sede ufficio studio attivita siedziba biuro adres office seat address sitz buro".split())
_Parts = Mapping[Expects, str]


def told_in_words(text: str) -> bool:
    """Return whether an answer to the question of the street says more than one: not "ul. Krótka 5"."""
    return STREET_BEGINS.match(text.strip()) is None


def told_address(text: str, langs: Languages, *, shown: bool) -> Iterator[_Parts]:
    """Yield the ways to read a message as the new address, the likeliest first: a street at least, or code and town.

    `shown`: the old one is shown to be confirmed, so that an address alone is the new one.
    """
    if len(text) > LONGEST or "?" in text or not any(c.isdecimal() for c in text):
        return
    core = _REST.sub("", said_anew(text.strip()))
    said = plain(core)
    if not shown and _NAMED.search(said) is None and not tells_a_move(said):
        return
    if _NOT_SEAT.search(said) is not None:
        return
    if labelled := _labelled(core, said, shown=shown):
        yield labelled
        return
    for start in _starts(core, said, shown=shown):
        yield from _from(core, said, start, langs)


def _starts(core: str, said: str, *, shown: bool) -> Iterator[int]:
    """Yield where an address may begin: at a street's kind, behind "the address is", or with the message."""
    starts = [begins.start() for begins in STREET_BEGINS.finditer(core)]
    for before, at in pairwise((0, *starts)):
        if at in starts[:1] or any(c.isdecimal() for c in core[before:at]):  # "Via del Corso 18" begins once
            yield at
    if (lead := _LEAD.match(said)) is not None:
        yield lead.end()
    elif shown and _NAMED.search(said) is None:
        yield 0


def _from(core: str, said: str, start: int, langs: Languages) -> Iterator[_Parts]:
    rest = core[start:]
    street = _STREET.match(rest)
    if street is not None and len(STREET_BEGINS.findall(street.group())) > 1:
        return
    end = start + (street.end() if street is not None else len(rest))
    if not _own(core, said, start, end, langs):
        return
    for parts in read_addresses(rest, langs[0].code):
        if Expects.street in parts and any(c.isdecimal() for c in parts[Expects.street]):
            yield {**parts, Expects.street: nominative(parts[Expects.street], said[:start])}
    if street is not None:
        yield {Expects.street: nominative(street.group(), said[:start])}
    elif start and _PLAIN.fullmatch(rest) is not None:
        yield {Expects.street: rest.strip(" .")}


def _own(core: str, said: str, start: int, end: int, langs: Languages) -> bool:
    """Return whether the address is given as the customer's of today: whoever has moved to it says so in the past."""
    before = said[:start]
    how = stance_at(core, start, end, langs)
    clause = re.split(r"[;.!\n]|,\s", before)[-1]
    if tells_another_place(clause) or not is_given(core, core[start:end], langs):
        return False
    return how in (Stance.asserted, Stance.past) or (how is Stance.negated and _RATHER.search(before) is not None)


def tells_another_place(before: str) -> bool:
    """Return whether unaccented words before a street say what else than the company is there: "il magazzino è in"."""
    found = _PLACE_BEFORE.search(before)
    if _ELSEWHERE.search(re.split(r"[,;.!]\s", before)[-1]) is not None:
        return True
    return found is not None and found["place"] not in _SEATS and class_of(found["place"]) is WordClass.content


def _labelled(core: str, said: str, *, shown: bool) -> _Parts | None:
    """Return postal code and town, each called by its name; None for a message that says more, or less."""
    found: dict[Expects, str] = {}
    at = 0
    while (match := _LABELLED.match(said, at)) is not None and match.end() > at:
        name, kind = ("code", Expects.postal_code) if match["code"] else ("city", Expects.city)
        found[kind] = core[match.start(name) : match.end(name)].strip(" .")
        at = match.end()
    named = len(found) > 1 or (shown and not _BARE_CODE.match(said))
    return found if found and named and at == len(said) else None


def nominative(street: str, before: str) -> str:
    """Return a Polish street as an invoice has it: "na ul. Nową 7" is ul. Nowa 7, "Polną 3" Polna 3."""
    written = re.sub(r"^ulic[aęy]\b", "ul.", street, count=1, flags=re.I)
    oblique = _AT.search(before) is not None or _OBLIQUE.match(street) is not None
    match = re.fullmatch(rf"((?:{STREET_TYPES}\s+)?)([^\W\d_]+)(\s+[0-9].*)", written, re.I) if oblique else None
    if match is None:
        return re.sub(r"(?<=\w)ą(?=\s)", "a", written)
    return f"{match[1]}{_named(match[2])}{match[3]}"


def _named(word: str) -> str:
    """Return a street's one-word name; one that is a woman's surname has no other form."""
    if word.endswith("ą"):
        return f"{word[:-1]}a"
    if not word.endswith("ej") or plain(word) in _OF_WOMEN:
        return word
    soft = word.endswith("iej") and word[-4:-3] in "kg"
    return f"{word[:-3]}a" if soft else f"{word[:-2]}a"


def read_addresses(text: str, locale: str) -> Iterator[Mapping[Expects, str]]:
    """Yield the ways to read a line as an address, the likeliest first: at least a postal code and its town.

    Whether the code is one of the address's country is for the caller to judge.
    """
    # One space for many, which the forms would try one by one in each of their gaps.
    text = _SPACES.sub(lambda run: "\n" if "\n" in run[0] else " ", text.strip())
    if len(text) > LONGEST or not any(c.isdecimal() for c in text):
        return
    for form in _FORMS:
        match = form.fullmatch(text)
        if match is None or not _is_country(match["country"], locale):
            continue
        found = match.groupdict()
        if not any(c.isalpha() for c in found.get("street", "a")) or _LABEL.fullmatch(found["city"].strip()):
            continue
        yield {part: _bare(value) for part in PARTS if (value := found.get(part)) is not None}


def _bare(value: str) -> str:
    """Return a part without the signs around it, and without the name of the postal code that follows it."""
    return _LABEL_BEHIND.sub("", value.strip(" ,;.–-")).strip(" ,;.–-")


def _is_country(words: str | None, locale: str) -> bool:
    return words is None or isinstance(country.parse(words, locale), Ok)
