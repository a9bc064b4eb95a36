"""The question where the account is logged in, at any step: "gdzie jestem zalogowany", "where am I logged in"."""

import re

from values.parsing import fold_words

_LONGEST = 120
_WHERE = re.compile(
    r"\b(?:gdzie (?:ja )?(?:jeszcze |wszedzie |teraz )?(?:jestem|jest|sa) (?:jeszcze |teraz |wszedzie )?zalogowan\w"
    r"|gdzie (?:sie )?(?:jeszcze )?(?:za)?logowal[ae]m(?: sie)?"
    r"|(?:pokaz|zobacz\w*|lista|liste|wyswietl)(?: mi)?(?: moje| wszystkie| aktywne)* (?:logowan(?:ia)?|sesj[ie])"
    r"|moje (?:logowania|sesje)"
    r"|dove (?:ho (?:effettuato|fatto) (?:l )?accesso|sono (?:ancora )?(?:collegat|loggat|conness)\w"
    r"|e collegato il mio account)"
    r"|(?:mostra(?:mi)?|vedere|elenco|lista)(?: dei| degli| gli| i| tutti)*(?: miei)? accessi|i miei accessi"
    r"|where (?:else )?(?:am i|i am|i m)(?: still| currently| else)? (?:logged|signed) ?in"
    r"|where (?:else )?is my account(?: still)? (?:logged|signed) ?in"
    r"|(?:show|list|see)(?: me)?(?: all)?(?: my| the)?(?: active| open)? (?:log ?ins|sessions)|my (?:active )?sessions"
    r"|wo (?:ue?berall )?(?:bin ich|ist mein konto) (?:noch |ue?berall |gerade )?(?:angemeldet|eingeloggt)"
    r"|(?:zeig\w*|meine)(?: mir)?(?: meine| alle| die)* (?:anmeldungen|sitzungen))\b"
)


def asks_for_log_ins(text: str) -> bool:
    """Return whether a message asks where the account is logged in."""
    return len(text) <= _LONGEST and _WHERE.search(fold_words(text)) is not None
