"""Messages that are nothing but a code that was sent, or two, with their names: "kod z SMS-a: 123 456"."""

from nlu.languages.language import Languages
from nlu.parse import LABEL_WORDS
from nlu.tokens import tokens
from values.parsing import fold_digits
from values.patterns import regex

_LONGEST = 80
_SIX = regex(r"(?<![\d+])\d{3}[ \u00a0.\-–]?\d{3}(?!\d)")
_MOST = 2
_NAMING = regex(r"\w*(?:kod|cod)\w*|sms\w{0,3}|e?mail\w{0,4}|wiadomosc\w{0,2}|messaggio|message|text|arrivato|came|got")


def says_only_codes(text: str, langs: Languages) -> bool:
    """Return whether a message is one code of six digits or two, and at most what they are called."""
    if len(text) > _LONGEST:
        return False
    rest, found = _SIX.subn(" ", fold_digits(text))
    if not 1 <= found <= _MOST or "?" in rest:
        return False
    small = {word for lang in langs for word in lang.answers.small}
    return all(
        one.word in LABEL_WORDS or one.word in small or _NAMING.fullmatch(one.word) is not None for one in tokens(rest)
    )
