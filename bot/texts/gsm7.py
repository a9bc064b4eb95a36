"""The SMS alphabet GSM-7 (3GPP TS 23.038): a text in it takes 160 signs in one part, any other text only 70."""

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}[]~\\|€\f")
ONE_PART = 160


def is_one_part(text: str) -> bool:
    """Return whether the text is sent, and charged, as one message in GSM-7."""
    if not all(sign in BASIC or sign in EXTENDED for sign in text):
        return False
    return sum(2 if sign in EXTENDED else 1 for sign in text) <= ONE_PART
