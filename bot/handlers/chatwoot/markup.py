"""The help desk's mark-up (Markdown of its editor, HTML of its rules and clients) → plain text, as customers read it.

Only what certainly is mark-up goes: a sign between letters, a comparison or a word in angle brackets stays as it is.
"""

import html
import re

_GUARDED = "*_`~[]()#<>+-.!|{}"
_HIDDEN = {sign: chr(0xE000 + at) for at, sign in enumerate(f"{_GUARDED}&")}
_SHOWN = {ord(stand_in): sign for sign, stand_in in _HIDDEN.items()}
"""Signs that are text, as behind a backslash or in an address, stand aside while mark-up is taken off."""
_ESCAPED = re.compile(rf"\\([{re.escape(_GUARDED)}])")
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)[^\n`]*\n(.*?)\n? {0,3}(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\(<?([^\s()<>]*)>?(?:\s+\"[^\"\n]*\")?\)")
_ANCHOR = re.compile(r"<a\s[^<>]*?href\s*=\s*[\"']?([^\"'\s<>]+)[\"']?[^<>]*>(.*?)</a\s*>", re.IGNORECASE | re.DOTALL)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>", re.IGNORECASE)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]*~`]*[^\s<>()\[\]*~`_.,;:!?]", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>\n?|</(?:p|div|h[1-6]|blockquote|pre|tr|ul|ol|li)\s*>\n?", re.IGNORECASE)
_ITEM = re.compile(r"<li(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|b|strong|i|em|u|s|del|ins|strike|mark|small|sub|sup|code|pre|p|div|span|font|ul|ol|li|h[1-6]|blockquote|hr"
    r"|img|table|thead|tbody|tr|td|th)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_AROUND = tuple(
    re.compile(
        rf"(?<![\w{sign[0]}]){re.escape(sign)}(?=[^\s).,;:!?])([^\n]+?)(?<=[^\s(]){re.escape(sign)}(?![\w{sign[0]}])"
    )
    for sign in ("***", "**", "__", "~~", "*", "_")
)
_HEADING = re.compile(r"^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?)+", re.MULTILINE)
_BULLET = re.compile(r"^([ \t]*)[*+][ \t]+", re.MULTILINE)
_MENTION = "mention://"


def plain(words: str) -> str:
    """Return the words without mark-up; a link keeps its address beside its title."""
    text = _ESCAPED.sub(lambda found: _HIDDEN[found[1]], words.replace("\\\n", "\n"))
    text = _FENCE.sub(lambda found: _aside(found[1]), text)
    text = _CODE.sub(lambda found: _aside(found[2]), text)
    text = _AUTOLINK.sub(lambda found: _aside(found[1].removeprefix("mailto:")), text)
    text = _ANCHOR.sub(lambda found: _named(found[2], found[1]), text)
    text = _LINK.sub(lambda found: _named(found[1], found[2]), text)
    text = _ADDRESS.sub(lambda found: _aside(found[0]), text)
    text = _TAG.sub("", _ITEM.sub("- ", _BREAK.sub("\n", text)))
    text = _BULLET.sub(r"\1- ", _HEADING.sub("", text))
    for mark in _AROUND:
        text = mark.sub(r"\1", text)
    return _unescaped(text).translate(_SHOWN).strip()


def _aside(text: str) -> str:
    """Keep text from being read as mark-up."""
    return "".join(_HIDDEN.get(sign, sign) for sign in text)


def _named(title: str, address: str) -> str:
    """Return a link as text: its title with the address, once where they are the same; of a mention the name."""
    shown, bare = title.strip(), _unescaped(address.removeprefix("mailto:").removeprefix("tel:"))
    if address.startswith(_MENTION) or not address:
        return shown
    return _aside(bare) if shown in ("", address, bare) else f"{shown} ({_aside(bare)})"


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)
