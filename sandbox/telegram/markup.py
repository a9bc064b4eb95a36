"""Telegram's validation of a message: text length, entities, keyboards."""

import re
from html import unescape
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.telegram.shapes import Json

LONGEST: Final = 4096
MOST_DATA_BYTES: Final = 64
_ACTIONS: Final = ("callback_data", "url", "copy_text", "web_app", "switch_inline_query", "login_url")
_TAGS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "tg-spoiler": "spoiler",
    "blockquote": "blockquote",
}
_KINDS: Final = frozenset((*_TAGS.values(), "expandable_blockquote"))
_ENTITY_FIELDS: Final = frozenset(("type", "offset", "length", "url", "language"))
_TAG: Final = re.compile(r"<(?P<ends>/?)(?P<tag>[A-Za-z][A-Za-z0-9-]*)?(?P<attributes>[^<>]*)(?P<whole>>?)")
_HREF: Final = re.compile(r"""href\s*=\s*["']?([^"'\s>]*)""")
_CHARACTER: Final = re.compile(r"&(?:lt|gt|amp|quot|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});")
LONGEST_COPY: Final = 256


class MarkupRefused(Exception):
    """An error answer of the Bot API; `parameters` as in its ResponseParameters."""

    def __init__(self, why: str, status: int = 400) -> None:
        super().__init__(why)
        self.status = status
        self.description = f"Bad Request: {why}" if status == 400 else why


def units(text: str) -> int:
    """Return the length as Telegram counts it, in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def words_of(asked: Json) -> Json:
    """Return `text` and, where it has any, `entities` of a message to be sent."""
    text = str(asked.get("text") or "")
    match asked.get("parse_mode"):
        case None:
            entities = _entities(asked.get("entities") or [], text)
        case "HTML":
            reader = _Marked()
            reader.read(text)
            text = reader.text
            entities = sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))
        case _:
            raise MarkupRefused("unsupported parse_mode")
    if not text.strip():
        raise MarkupRefused("message text is empty")
    if units(text) > LONGEST:
        raise MarkupRefused("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def _entities(given: Any, text: str) -> list[Json]:
    """Return the entities that format a text; Telegram finds addresses, commands and the like by itself."""
    if not isinstance(given, list):
        raise MarkupRefused("can't parse entities: expected an array of MessageEntity")
    kept: list[Json] = []
    for entity in given:
        offset, length = int(entity["offset"]), int(entity["length"])
        if offset < 0 or length <= 0 or offset + length > units(text):
            raise MarkupRefused(f"entity beginning at UTF-16 offset {offset} ends after the end of the text")
        if entity["type"] in _KINDS:
            kept.append({name: value for name, value in entity.items() if name in _ENTITY_FIELDS})
    return kept


class _Marked:
    """Reads Telegram's HTML into a text and its entities: fewer tags than a browser's, and none of its patience."""

    def __init__(self) -> None:
        self.text = ""
        self.entities: list[Json] = []
        self.open: list[tuple[str, Json]] = []

    def read(self, html: str) -> None:
        """Read all of it; refuse what Telegram refuses."""
        at = 0
        for found in _TAG.finditer(html):
            self.text += _unescaped(html[at : found.start()])
            at = found.end()
            where = f"at byte offset {len(html[: found.start()].encode())}"
            tag = (found["tag"] or "").lower()
            if not found["whole"] or not tag:
                raise MarkupRefused(f'can\'t parse entities: Unsupported start tag "{tag}" {where}')
            if found["ends"]:
                self._end(tag, where)
            else:
                self._begin(tag, found["attributes"], where)
        self.text += _unescaped(html[at:])
        if self.open:
            why = f'Can\'t find end tag corresponding to start tag "{self.open[-1][0]}"'
            raise MarkupRefused(f"can't parse entities: {why}")

    def _begin(self, tag: str, attributes: str, where: str) -> None:
        if tag not in _TAGS:
            raise MarkupRefused(f'can\'t parse entities: Unsupported start tag "{tag}" {where}')
        kind, more = _TAGS[tag], dict[str, str]()
        if tag == "a" and (href := _HREF.search(attributes)):
            more = {"url": _unescaped(href[1])}
        if tag == "blockquote" and "expandable" in attributes.split():
            kind = "expandable_blockquote"
        self.open.append((tag, {"type": kind, "offset": units(self.text), **more}))

    def _end(self, tag: str, where: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise MarkupRefused(f"can't parse entities: Unexpected end tag {where}")
        entity = self.open.pop()[1]
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)


def _unescaped(words: str) -> str:
    """Return words with the four names that Telegram knows, and numbers, as characters; others stay as they are."""
    return _CHARACTER.sub(lambda found: unescape(found[0]), words)


def inline_keyboard(markup: Any) -> Json | None:
    """Return an inline keyboard as it is shown; None for an empty one or another kind of markup."""
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    rows = [[_inline_button(button) for button in row] for row in markup["inline_keyboard"]]
    return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None


def reply_keyboard(markup: Any) -> Json | None:
    """Return the reply keyboard that a message brings; None if it brings none."""
    if not isinstance(markup, dict) or "keyboard" not in markup:
        return None
    rows = [[_reply_button(button) for button in row] for row in markup["keyboard"]]
    return {**markup, "keyboard": rows}


def check_markup(markup: Any) -> None:
    """Refuse what is no markup at all."""
    if markup is not None and not isinstance(markup, dict):
        raise MarkupRefused("object expected as reply markup")


def _inline_button(button: Json) -> Json:
    if not str(button.get("text") or "").strip():
        raise MarkupRefused("can't parse inline keyboard button: Can't find field \"text\"")
    if not any(action in button for action in _ACTIONS):
        raise MarkupRefused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if sum(action in button for action in _ACTIONS) > 1:
        raise MarkupRefused("can't parse inline keyboard button: exactly one of its actions is to be used")
    data = button.get("callback_data")
    if data is not None and not 0 < len(str(data).encode()) <= MOST_DATA_BYTES:
        raise MarkupRefused("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 0 < len(str(button["copy_text"]["text"])) <= LONGEST_COPY:
        raise MarkupRefused("BUTTON_COPY_TEXT_INVALID")
    if "url" in button and not _is_reached(str(button["url"])):
        raise MarkupRefused(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def _is_reached(url: str) -> bool:
    """Return whether the people here reach the address: they use this machine, which Telegram refuses to lead to."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme == "tg":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return parts.scheme in ("http", "https") and (host == "localhost" or "." in host)
    return address.is_global or address.is_loopback


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise MarkupRefused("can't parse keyboard button: Text must be non-empty")
    return button
