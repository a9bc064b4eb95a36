"""Telegram's validation of a message: text length, entities, keyboards."""

from html.parser import HTMLParser
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
    text, entities = str(asked.get("text") or ""), asked.get("entities") or []
    match asked.get("parse_mode"):
        case None:
            pass
        case "HTML":
            text, entities = _from_html(text)
        case _:
            raise MarkupRefused("unsupported parse_mode")
    if not text.strip():
        raise MarkupRefused("message text is empty")
    if units(text) > LONGEST:
        raise MarkupRefused("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


class _Marked(HTMLParser):
    """Reads Telegram's HTML into a text and its entities."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[Json] = []
        self.open: list[tuple[str, Json]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an entity."""
        if tag not in _TAGS:
            raise MarkupRefused(
                f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self.getpos()[1]}'
            )
        link = {"url": dict(attrs).get("href") or ""} if tag == "a" else {}
        self.open.append((tag, {"type": _TAGS[tag], "offset": units(self.text), **link}))

    def handle_endtag(self, tag: str) -> None:
        """End the entity that was begun last."""
        if not self.open or self.open[-1][0] != tag:
            raise MarkupRefused(f"can't parse entities: Unexpected end tag at byte offset {self.getpos()[1]}")
        entity = self.open.pop()[1]
        entity["length"] = units(self.text) - entity["offset"]
        if entity["length"]:
            self.entities.append(entity)

    def handle_data(self, data: str) -> None:
        """Add words."""
        self.text += data


def _from_html(text: str) -> tuple[str, list[Json]]:
    reader = _Marked()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise MarkupRefused(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open[-1][0]}\""
        )
    return reader.text, sorted(reader.entities, key=lambda entity: (entity["offset"], -entity["length"]))


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


def checked(markup: Any) -> None:
    """Refuse what is no markup at all."""
    if markup is not None and not isinstance(markup, dict):
        raise MarkupRefused("object expected as reply markup")


def _inline_button(button: Json) -> Json:
    if not str(button.get("text") or "").strip():
        raise MarkupRefused("can't parse inline keyboard button: Can't find field \"text\"")
    if not any(action in button for action in _ACTIONS):
        raise MarkupRefused("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 0 < len(str(data).encode()) <= MOST_DATA_BYTES:
        raise MarkupRefused("BUTTON_DATA_INVALID")
    if "url" in button and not _is_public(str(button["url"])):
        raise MarkupRefused(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    return button


def _is_public(url: str) -> bool:
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    if parts.scheme == "tg":
        return True
    try:
        return ip_address(host).is_global
    except ValueError:
        return parts.scheme in ("http", "https") and "." in host and not host.endswith(".localhost")


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise MarkupRefused("can't parse keyboard button: Text must be non-empty")
    return button
