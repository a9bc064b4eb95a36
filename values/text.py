"""The border rule: every incoming text passes here once, before anything reads or stores it."""

import re
import unicodedata
from dataclasses import dataclass

from values.digits import ZERO_WIDTH

MAX_CHARS = 4096
"""As long as a message of Telegram may be: reading a longer one costs a processor more than it tells."""
KEPT_OF_TOO_LONG = 512
_UNUSABLE = re.compile("[\ud800-\udfff\u0000]")
_LINE_ENDS = re.compile("\r\n?|\u0085|\u2028|\u2029")
_CONTROLS = re.compile("[\u0001-\u0008\u000b-\u001f\u007f-\u009f]")
_AT_ENDS = "".join(sorted(ZERO_WIDTH)) + " \n\u00a0\u3000"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text that is safe to store and show. When `too_long`, `text` is the first 512 characters only."""

    text: str
    too_long: bool = False
    length: int = 0


def clean(text: str) -> Cleaned:
    """Applies the border rule: length cap, surrogates and NUL replaced, NFC, controls out, ends stripped.

    Never raises; applied twice it changes nothing more. `length` is the number of characters that came in.
    """
    length = len(text)
    if length > MAX_CHARS:
        return Cleaned(
            _tidy(text[: KEPT_OF_TOO_LONG * 2])[:KEPT_OF_TOO_LONG].strip(_AT_ENDS), too_long=True, length=length
        )
    tidy = _tidy(text)
    if len(tidy) > MAX_CHARS:
        return Cleaned(tidy[:KEPT_OF_TOO_LONG].strip(_AT_ENDS), too_long=True, length=length)
    return Cleaned(tidy, length=length)


def _tidy(text: str) -> str:
    text = _UNUSABLE.sub("\ufffd", text)
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    return text.strip(_AT_ENDS)


def one_line(text: str) -> str:
    """`text` on one line with single spaces, for names and addresses; joiners inside words stay."""
    return " ".join(clean(text).text.split())
