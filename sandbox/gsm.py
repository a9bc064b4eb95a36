"""The SMS alphabet: what fits in GSM-7, how many parts a text makes, and what a gateway's `normalize` does to it."""

import math
import unicodedata
from typing import Final

BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED: Final = frozenset("^{}[]~\\|€\f")
STROKES: Final = str.maketrans("łŁđĐøØ„”“’‘–—…\u00a0", 'lLdDoO"""\'\'--.\u0020')


def is_gsm7(text: str) -> bool:
    """Return whether the text needs no Unicode."""
    return all(sign in BASIC or sign in EXTENDED for sign in text)


def parts(text: str) -> int:
    """Return how many parts the text is sent and charged as: 160 or 153 signs each, in Unicode 70 or 67."""
    if is_gsm7(text):
        length = sum(2 if sign in EXTENDED else 1 for sign in text)
        alone, joined = 160, 153
    else:
        length = len(text.encode("utf-16-be")) // 2
        alone, joined = 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def normalize(text: str) -> str:
    """Letters without their diacritics where GSM-7 lacks them (ą → a); what GSM-7 has is left alone."""
    return "".join(sign if is_gsm7(sign) else _plain(sign) for sign in text)


def _plain(sign: str) -> str:
    decomposed = unicodedata.normalize("NFKD", sign.translate(STROKES))
    return "".join(part for part in decomposed if not unicodedata.combining(part))
