"""The help desk's mark-up (Markdown of its editor, HTML of its rules and clients) → plain text, as customers read it.

Only what certainly is mark-up goes: a sign between letters, a comparison or a word in angle brackets stays as it is.
"""

import html
import re
from collections.abc import Callable

_GUARDED = "*_`~[]()#<>+-.!|{}"
_HIDDEN = {ord(sign): chr(0xE000 + at) for at, sign in enumerate(f"{_GUARDED}&")}
_SHOWN = {ord(stand_in): chr(sign) for sign, stand_in in _HIDDEN.items()}
"""Signs that are text, as behind a backslash or in an address, stand aside while mark-up is taken off."""
_TAGS = "a|b|strong|i|em|u|s|del|ins|strike|mark|small|sub|sup|code|pre|p|div|span|font|ul|ol|li|h[1-6]|blockquote|img"
_AROUND = "(?<![\\w{0}]){1}(?=[^\\s).,;:!?])([^\\n]+?)(?<=[^\\s(]){1}(?![\\w{0}])"
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)


def plain(words: str) -> str:
    """Return the words without mark-up; a link keeps its address beside its title."""
    text = words.replace("\\\n", "\n")
    for pattern, made in _STEPS:
        text = pattern.sub(made, text)
    return _unescaped(text).translate(_SHOWN).strip()


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _text(found: re.Match[str]) -> str:
    """Return the last group that matched, to be read as it stands."""
    return (found[found.lastindex or 0]).removeprefix("mailto:").translate(_HIDDEN)


def _named(title: str, address: str) -> str:
    """Return a link as text: its title with the address, once where they are the same; of a mention the name."""
    shown, bare = title.strip(), _unescaped(address.removeprefix("mailto:").removeprefix("tel:"))
    if address.startswith("mention://") or not address:
        return shown
    where = bare.translate(_HIDDEN)
    return where if shown in ("", address, bare) else f"{shown} ({where})"


def _step(pattern: str, made: Callable[[re.Match[str]], str] | str) -> tuple[re.Pattern[str], Callable[..., str] | str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE | re.DOTALL), made


_STEPS = (
    _step(rf"\\([{re.escape(_GUARDED)}])", _text),
    _step(r"^ {0,3}(```|~~~)[^\n`]*\n(.*?)\n? {0,3}\1[ \t]*$", _text),
    _step(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", _text),
    _step(r"<a\s[^<>]*?href\s*=\s*[\"']?([^\"'\s<>]+)[^<>]*>(.*?)</a\s*>", lambda found: _named(found[2], found[1])),
    _step(r"!?\[([^\[\]\n]*)\]\(<?([^\s()<>]*)>?(?:\s+\"[^\"\n]*\")?\)", lambda found: _named(found[1], found[2])),
    _step(r"<((?:https?://|mailto:)[^\s<>]+)>", _text),
    _step(r"(?:https?://|www\.)[^\s<>()\[\]*~`]*[^\s<>()\[\]*~`_.,;:!?]", _text),
    _step(r"<br\s*/?>\n?|</(?:p|div|h[1-6]|blockquote|pre|ul|ol|li)\s*>\n?", "\n"),
    _step(r"<li(?:\s[^<>]*)?>", "- "),
    _step(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", ""),
    _step(r"^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?)+", ""),
    _step(r"^([ \t]*)[*+][ \t]+", r"\1- "),
    *(_step(_AROUND.format(sign[0], re.escape(sign)), r"\1") for sign in ("***", "**", "__", "~~", "*", "_")),
)
