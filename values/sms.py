"""The SMS alphabet GSM-7 (3GPP TS 23.038) and the parts in which a text is sent."""

import math

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}[]~\\|€\f")


def is_gsm7(text: str) -> bool:
    """Return whether the text needs no Unicode."""
    return all(sign in BASIC or sign in EXTENDED for sign in text)


def parts(text: str) -> int:
    """Return how many parts the text is sent and charged as: 160 or 153 signs each, in Unicode 70 or 67."""
    if is_gsm7(text):
        length, alone, joined = sum(2 if sign in EXTENDED else 1 for sign in text), 160, 153
    else:
        length, alone, joined = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else math.ceil(length / joined)


def is_one_part(text: str) -> bool:
    """Return whether the text is sent, and charged, as one message in GSM-7."""
    return is_gsm7(text) and parts(text) == 1


def bound_to(host: str, code: str, text: str) -> str:
    """Add the last line by which a browser offers or enters the code on this host's pages, and on no others.

    The text stays as it is where it would need another part. Source: WICG, Origin-bound one-time codes delivered via
    SMS (https://wicg.github.io/sms-one-time-codes/).
    """
    bound = f"{text}\n@{host} #{code}"
    return bound if is_one_part(bound) else text
