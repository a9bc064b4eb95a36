"""The question where the account is logged in, and the wish to be logged out: "where am I logged in", "scollegami"."""

from functools import lru_cache

from nlu.languages.language import Languages
from nlu.stance import asserted
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 120
_WHERE = regex(
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
_LONGEST_WISH = 200
_LOG_OUT = regex(
    r"\b(?:wyloguj\w{0,4}|wylogowa(?:c|nie)|rozlogu\w{1,4}|(?:wyjsc|wyjdz|wyjde) z (?:mojego )?konta"
    r"|(?:log|sign) (?:me |us |myself )?(?:out|off)|logout|signout"
    r"|scolleg(?:a\w*|hi\w{0,3}|o)|disconnett\w{1,5}|slogga\w{0,3}"
    r"|(?:esc[io]|uscire|esca|uscita) (?:dal mio|dal|dall) (?:account|profilo)"
    r"|ausloggen|log(?:ge?n?)? (?:mich |uns )?aus|abmelden|meld(?:e|en)? (?:sie )?(?:mich|uns) ab)\b"
)
_OTHER = regex(
    r"\b(?:newsletter\w*|mailing\w*|serviz\w*|uslug\w*|servic\w*|marketing\w*|pubblicit\w*|reklam\w*|werbung)\b"
)
"""Whoever leaves one of these doesn't log out."""


@lru_cache(maxsize=4)  # several readers look at one message in a row
def asks_for_log_ins(text: str) -> bool:
    """Return whether a message asks where the account is logged in."""
    return len(text) <= _LONGEST and _WHERE.search(fold_words(text)) is not None


@lru_cache(maxsize=4)
def logs_out(text: str, langs: Languages) -> bool:
    """Return whether a message asks, now, that this chat be logged out; also by a request in the form of a question."""
    if len(text) > _LONGEST_WISH:
        return False
    said = fold_words(text)
    if _LOG_OUT.search(said) is None or _OTHER.search(said) is not None:
        return False
    return asserted(text, langs, about=_LOG_OUT, polite=True)
