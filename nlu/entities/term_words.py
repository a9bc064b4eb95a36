"""Words of methods, plans, languages, years and months, and slips of the keyboard in them: "przelwey24", "usres"."""

from collections.abc import Sequence
from functools import lru_cache
from string import digits

from nlu.slips import InnerSlips
from nlu.tokens import Token
from values.patterns import regex

METHODS = {
    "card": r"kart[aeąęoy]?|karta\w{0,3}|kartami|carta|carte|cards?|visa|visy|mastercard\w{0,2}|kredytow[aąej]{1,2}"
    r"|american express|amex|postepay|plastik\w{0,2}|plastic|maestro|revolut\w{0,2}",
    "blik": r"bli(?:c?k|q)\w{0,4}",
    "przelewy24": r"przelewy ?24|przelewow ?24|przelewami ?24|przelew ?24|p ?24",
    "paypal": r"pay ?pal\w{0,3}|p(?:ai|aj|ej) ?pal\w{0,3}|paypla|payapl",
    "bank_transfer": r"przelew[a-z]{0,3}(?: (?:bankow|tradycyjn|zwykl)\w+)?|bonific\w{1,6}(?: bancari\w)?|(?:bank"
    r"|wire) transfer|transfer"
    r"|by bank|na konto bankowe",
    "bollettino": r"bollettin\w{1,2}(?: postal\w)?|postal slip|przekaz\w{0,3} pocztow\w+|blankiet\w{0,3} pocztow\w+",
    "apple_pay": r"(?:apple|ej?pl|apl) ?p(?:ay|ej)\w{0,2}",
    "google_pay": r"(?:google|gugiel|gugl\w?|gogle) ?p(?:ay|ej)\w{0,2}|g ?pay",
}
METHOD_VALUES = {
    "card": "card",
    "blik": "blik",
    "przelewy24": "przelewy24",
    "paypal": "paypal",
    "bank_transfer": "transfer",
    "bollettino": "postal_slip",
    "apple_pay": "card",
    "google_pay": "card",
}
"""Entity value → VALUE of `method:VALUE`."""
PLANS = {
    "free": r"(?:plan\w{0,2} |pakiet\w{0,2} |piano |wersj\w{1,2} |versione )?(?:darmow\w{1,3}|bezplatn\w{1,3}"
    r"|gratis|gratuit\w)|free (?:plan|version|tier|one)"
    r"|(?:plan|piano) free",
    "basic": r"(?:plan\w{0,2} |pakiet\w{0,2} )?podstawow\w{1,3}"
    r"|(?:piano |versione |pacchetto |quell[ao] |il |del |sul )base"
    r"|basic\w{0,2}|bazow\w{1,3}|bejsik\w{0,2}",
    "standard": r"standard(?:ow\w{1,3}|u|em)?|standart\w{0,2}",
    "pro": r"(?:plan\w{0,2} |pakiet\w{0,2} |piano |il |wersj\w{1,2} |the )?pro(?= |$)|professional"
    r"|profesjonaln\w{1,3}|professionale",
    "premium": r"premium",
}
LANGUAGES = {
    "pl": r"po polsku|polsk\w{1,4}|polacco|polacca|polish",
    "it": r"po wlosku|wlosk\w{1,4}|italian[oa]?",
    "en": r"po angielsku|angielsk\w{1,4}|ingles[ei]|english",
    "de": r"po niemiecku|niemieck\w{1,4}|tedesc[oa]|german|deutsch",
    "uk": r"po ukrainsku|ukrainsk\w{1,4}|ucrain[oa]|ukrainian",
    "ru": r"po rosyjsku|rosyjsk\w{1,4}|russ[oa]|russian",
    "fr": r"po francusku|francusk\w{1,4}|francese|french",
    "es": r"po hiszpansku|hiszpansk\w{1,4}|spagnol[oa]|spanish",
}
YEARS = r"rok|roku|lata|lat|roczek|latka|ann[oi]|annett[oi]|years?|yrs?|jahre?n?"
MONTHS = r"miesi[ae]c\w{0,3}|mies|mes[ei]|months?|monate?n?"
_NUMBERS = {
    "1": "1|jeden|rok|roczek|un|uno|annetto|one|a|an|ein|eine|einem|eins",
    "2": "2|dwa|dwoch|due|two|zwei",
    "3": "3|trzy|trzech|tre|three|drei",
    "5": "5|piec|pieciu|cinque|five|funf",
}
OF_WORD = {word: number for number, words in _NUMBERS.items() for word in words.split("|")}
_NUMBER = "|".join(sorted(OF_WORD, key=len, reverse=True))
_ARE = r"maja byc |ma byc |sono |should be |are |to |sind |: ?"
TERM = regex(
    r"\b(?<![0-9][\-–/])(?<![0-9] [\-–/] )"  # the second of a range
    rf"(?:(?P<before>{_NUMBER}) (?:single )?(?:{YEARS})|(?P<months>12|24|36) (?:{MONTHS})"
    rf"|(?:{YEARS}) (?:{_ARE})(?P<after>{_NUMBER})|(?P<one>rok|roczek|annetto))\b"
)
_ALONE = regex(
    rf"(?:(?:na|per|for|fur|solo|soltanto|tylko|just|only|nur|jednak|invece|instead) )*"
    rf"(?:{TERM.pattern})(?: (?:solo|soltanto|tylko|only|nur))?"
)
_METHODS = (
    "karta karty karte carta carte cards mastercard blikiem przelew przelewu przelewem przelewy przelewami"
    " bonifico bonifici bollettino bollettini paypal paypalem transfer uberweisung uberweise kreditkarte"
)
_PLANS = (
    "podstawowy podstawowa podstawowe podstawowego podstawowym standard standardowy standardowa standardowego premium"
    " basic darmowy darmowa darmowego bezplatny bezplatna gratis gratuito gratuita professional professionale"
)
_LANGUAGES = (
    "polski polskiego polsku polacco polish polnisch wloski wloskiego wlosku italiano italian italienisch"
    " angielski angielskiego angielsku inglese english englisch niemiecki niemieckiego niemiecku tedesco german deutsch"
    " ukrainski ukrainskiego ukrainsku ucraino ukrainian rosyjski rosyjsku russian francuski francusku francese french"
    " hiszpanski hiszpansku spagnolo spanish"
)
_AMOUNTS = (
    "roczek annetto years miesiac miesiace miesiecy months kolejny nastepny another"
    " uzytkownik uzytkownika uzytkownicy uzytkownikow utente utenti users nutzer benutzer seats"
    " licencja licencje licencji licenza licenze licence licences license licenses lizenzen"
    " stanowisko stanowiska postazione postazioni"
)
TYPED_OFTEN = frozenset(" ".join((_METHODS, _PLANS, _LANGUAGES, _AMOUNTS)).split())
"""Words of terms in which slips are repaired, unaccented."""
# Real words a slip away from one of them, of the hundred thousand most frequent of Polish, Italian, English and German.
_REAL = frozenset(
    "aneto angielki anielski anielskiego anther carat carate caratt caree caret carita carota carote carra carre carree"
    " crate francuzki frech germain germann gratias grats hiszpanki karat karata karate kareta karete karety"
    " karite karre karree kartce kartka kartke katte krata krate kraty licensee licensees licenzia moths nanetto"
    " papal payal placco ploski ploskiego podstawowce podstawowka podstawowke polaski poleski poleskiego polki polsi"
    " polysku postawione postfazione processional processionale rozek russin senats setts stannard ukrainki ushers"
    " wlosi wloszki wolski wolskiego wosku yearns".split()
)
_SLIPS = InnerSlips(TYPED_OFTEN, _REAL)
_SHORTEST = 5


def is_term_alone(said: str) -> bool:
    """Return whether folded words are a number of years and nothing else: the length of a term, no other wish."""
    return _ALONE.fullmatch(said) is not None


def mended(words: Sequence[Token]) -> Sequence[Token]:
    """Return the words of a text with slips in those of terms repaired, each in its place."""
    found = {token.word: known for token in words if (known := repaired(token.word)) is not None}
    return [Token(found.get(t.word, t.word), t.start, t.end) for t in words] if found else words


@lru_cache(maxsize=2048)  # single words, most of which come again in the next message
def repaired(word: str) -> str | None:
    """Return the word of a term that an unaccented word is a slip of; digits at its end stay ("przelwey24")."""
    if len(word) < _SHORTEST:
        return None
    stem = word.rstrip(digits)
    known = _SLIPS.repaired(stem) if len(stem) >= _SHORTEST and stem not in TYPED_OFTEN else None
    return None if known is None else known + word[len(stem) :]
