"""The wish to be logged out of this chat, at any step: "wyloguj mnie", "scollegami", "sign me out, please"."""

import re

from nlu.languages.language import Languages
from nlu.stance import asserted
from values.parsing import fold_words

_LONGEST = 200
_LOG_OUT = re.compile(
    r"\b(?:wyloguj\w{0,4}|wylogowa(?:c|nie)|rozlogu\w{1,4}|(?:wyjsc|wyjdz|wyjde) z (?:mojego )?konta"
    r"|(?:log|sign) (?:me |us |myself )?(?:out|off)|logout|signout"
    r"|scolleg(?:a\w*|hi\w{0,3}|o)|disconnett\w{1,5}|slogga\w{0,3}"
    r"|(?:esc[io]|uscire|esca|uscita) (?:dal mio|dal|dall) (?:account|profilo)"
    r"|ausloggen|log(?:ge?n?)? (?:mich |uns )?aus|abmelden|meld(?:e|en)? (?:sie )?(?:mich|uns) ab)\b"
)
_OTHER = re.compile(
    r"\b(?:newsletter\w*|mailing\w*|serviz\w*|uslug\w*|servic\w*|marketing\w*|pubblicit\w*|reklam\w*|werbung)\b"
)
"""Whoever leaves one of these doesn't log out."""


def logs_out(text: str, langs: Languages) -> bool:
    """Return whether a message asks, now, that this chat be logged out; also by a request in the form of a question."""
    if len(text) > _LONGEST:
        return False
    said = fold_words(text)
    if _LOG_OUT.search(said) is None or _OTHER.search(said) is not None:
        return False
    return asserted(text, langs, about=_LOG_OUT, polite=True)
