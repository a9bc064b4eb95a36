"""Words of methods, plans, languages, years and months: patterns over unaccented words with single spaces."""

import re

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
TERM = re.compile(
    r"(?<![0-9][\-–/])(?<![0-9] [\-–/] )"  # the second of a range
    rf"\b(?:(?P<before>{_NUMBER}) (?:single )?(?:{YEARS})|(?P<months>12|24|36) (?:{MONTHS})"
    rf"|(?:{YEARS}) (?:{_ARE})(?P<after>{_NUMBER})|(?P<one>rok|roczek|annetto))\b"
)
_ALONE = re.compile(
    rf"(?:(?:na|per|for|fur|solo|soltanto|tylko|just|only|nur|jednak|invece|instead) )*"
    rf"(?:{TERM.pattern})(?: (?:solo|soltanto|tylko|only|nur))?"
)


def is_term_alone(said: str) -> bool:
    """Return whether folded words are a number of years and nothing else: the length of a term, no other wish."""
    return _ALONE.fullmatch(said) is not None
