"""Slips of the keyboard in the words of terms: "przelwey24", "papyal", "stanadrd", "usres"."""

from collections.abc import Sequence
from string import digits

from nlu.slips import InnerSlips
from nlu.tokens import Token

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


def mended(words: Sequence[Token]) -> Sequence[Token]:
    """Return the words of a text with slips in those of terms repaired, each in its place."""
    found = {token.word: known for token in words if (known := repaired(token.word)) is not None}
    return [Token(found.get(t.word, t.word), t.start, t.end) for t in words] if found else words


def repaired(word: str) -> str | None:
    """Return the word of a term that an unaccented word is a slip of; digits at its end stay ("przelwey24")."""
    if len(word) < _SHORTEST:
        return None
    stem = word.rstrip(digits)
    known = _SLIPS.repaired(stem) if len(stem) >= _SHORTEST and stem not in TYPED_OFTEN else None
    return None if known is None else known + word[len(stem) :]
