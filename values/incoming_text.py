"""Text at the border: cleaning incoming text, marking deceptive characters, filling placeholders.

Every incoming text passes `clean` once, before anything reads or stores it. Placeholders (`{customer}`) are filled in
one pass from a closed list, without formats, attributes or indexes, so a customer's value is never read as one; `{{`
and `}}` are braces.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping

from msgspec import Struct

from values.parsing import IGNORABLE
from values.patterns import regex

MAX_CHARS = 4096
"""As long as a message of Telegram may be: reading a longer one costs a processor more than it tells."""
KEPT_OF_TOO_LONG = 512
_UNUSABLE = regex("[\ud800-\udfff\u0000]")
_LINE_ENDS = regex("\r\n?|\u0085|\u2028|\u2029")
_CONTROLS = regex("[\u0001-\u0008\u000b-\u001f\u007f-\u009f]")
# What is never shown, but for the signs that choose the look of an emoji: strip() takes single signs only.
_UNSEEN = (0xAD, 0x34F, 0x61C, 0x115F, 0x1160, *range(0x180B, 0x1810), *range(0x200B, 0x2010), *range(0x202A, 0x202F))
_AT_ENDS = "".join(map(chr, (*_UNSEEN, *range(0x2060, 0x2070), 0x3164, 0xFEFF, 0xFFA0))) + " \n\u00a0\u3000"


class Cleaned(Struct, frozen=True):
    """A text that is safe to store and show. When `too_long`, `text` is the first 512 characters only."""

    text: str
    too_long: bool = False
    length: int = 0


def clean(text: str) -> Cleaned:
    """Apply the border rule: length cap, surrogates and NUL replaced, NFC, controls out, ends stripped.

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
    if text.isprintable():  # on one line, without controls and surrogates
        return unicodedata.normalize("NFC", text).strip(_AT_ENDS)
    text = _UNUSABLE.sub("\ufffd", text)
    text = _LINE_ENDS.sub("\n", text).replace("\t", " ")
    text = unicodedata.normalize("NFC", _CONTROLS.sub("", text))
    return text.strip(_AT_ENDS)


# A name needs nothing that isn't shown but the two joiners: its letters bring their direction with them, and a control
# could show it, and what stands beside it, turned round in letters, lists and exports.
_TURNS = regex(f"(?![\u200c\u200d])[{IGNORABLE}]")


def without_turns(text: str) -> str:
    """`text` without unseen signs and marks that turn its direction; the joiners, which some names need, stay."""
    return text if text.isascii() else _TURNS.sub("", text)


def one_line(text: str) -> str:
    """`text` on one line with single spaces, for names and addresses: no marks of direction, joiners stay."""
    return " ".join(clean(without_turns(text)).text.split())


# What turns the direction (Unicode's bidirectional controls), hides (no width, no ink) or can't be printed. The two
# joiners stay: names and emoji are written with them.
_MARKED = regex(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_UNPRINTABLE = regex("[\ud800-\udfff]")


def visible(text: str) -> str:
    """Replace deceptive characters by marks such as `[U+202E]`, invalid ones by U+FFFD; idempotent."""
    return _MARKED.sub(lambda sign: f"[U+{ord(sign[0]):04X}]", _UNPRINTABLE.sub("\ufffd", text))


_PLACEHOLDER = regex(r"\{\{|\}\}|\{([a-z][a-z0-9_]*)\}|[{}]")
_MEANT_PLACEHOLDER = regex(r"\{\s*(\w+)\s*\}")


class Filled(Struct, frozen=True):
    """The words, and the places that nothing is known for: they stand there as they were written."""

    text: str
    missing: tuple[str, ...] = ()


def unfilled_placeholders(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the `known` placeholders in a text as they are written, each once: `{ Order }` counts as one, too."""
    found = (token for token in _MEANT_PLACEHOLDER.finditer(text) if token[1].lower() in known)
    return tuple(dict.fromkeys(token[0] for token in found))


def placeholder_mistakes(text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return what can't be filled: unknown placeholders, and lone braces as `{` or `}`."""
    found = (token[1] or token[0] for token in _PLACEHOLDER.finditer(text) if token[0] not in ("{{", "}}"))
    return tuple(dict.fromkeys(name for name in found if name not in known))


def fill_placeholders(text: str, values: Mapping[str, str]) -> Filled:
    """Fill in the values; a placeholder whose value is missing or empty stays as it is written."""
    missing: dict[str, None] = {}

    def put(token: re.Match[str]) -> str:
        if token[0] in ("{{", "}}"):
            return token[0][0]
        if not token[1]:
            return token[0]
        if value := values.get(token[1], ""):
            return value
        missing[token[1]] = None
        return token[0]

    return Filled(_PLACEHOLDER.sub(put, text), tuple(missing))
