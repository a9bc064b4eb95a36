"""Buttons and links as keyboards in the Bot API's JSON, and the data of a pressed button back to what it meant.

A button's data is `SEQ|PAYLOAD`: the step's message is part of it, so that a press on an old button is known as such.
Where that takes more than Telegram's 64 bytes it is `k:SEQ:INDEX`, and the payload is looked up in the journal.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from ipaddress import ip_address
from itertools import chain, groupby
from typing import Required, TypedDict
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.outbound import TICKED, UNTICKED, Button, Reply, ReplyLink, with_consents
from bot.handlers.telegram.command_menu import ChannelWords

MOST_DATA_BYTES = 64
#: Up to this many answers stand one below the other; more of them stand in pairs.
IN_VIEW = 5
#: Titles up to this length fit side by side on a phone.
SHORT_TITLE = 16
MOST_BUTTONS = 100
TICKS = (TICKED, UNTICKED)
#: What stands before an answer that was chosen, a way that was gone instead, and what changes a row of a card.
CHOSEN, WENT, CHANGE = "✓", "→", "✎"
TOGGLE = "consents:toggle:"
STILL = "-"
"""The data of a button that only shows what was chosen: pressing it says nothing."""

_BOUND = re.compile(r"([0-9]{1,18})\|(.*)", re.DOTALL)
_SHORT_KEY = re.compile(r"k:([0-9]{1,18}):([0-9]{1,3})")


class Key(TypedDict, total=False):
    """One button below a message; besides its text it has one thing that it does."""

    text: Required[str]
    url: str
    callback_data: str
    copy_text: Mapping[str, str]
    style: str  # since Bot API 9.4; others pass it over


KeyboardRow = Sequence[Mapping[str, object]]


class Markup(TypedDict, total=False):
    """Buttons below a message, buttons in place of the customer's keyboard, or the end of those."""

    inline_keyboard: Sequence[KeyboardRow]
    keyboard: Sequence[KeyboardRow]
    resize_keyboard: bool
    one_time_keyboard: bool
    remove_keyboard: bool


class Looks(Struct, frozen=True):
    """The channel's words and reach, by which a message looks as it does.

    `at_home`: the chat is on the sandbox's Telegram, whose people reach what this machine does.
    """

    words: ChannelWords
    at_home: bool = False

    def opens(self, link: ReplyLink) -> bool:
        """Return whether Telegram takes the address for a button: it refuses hosts that only this machine knows."""
        parts = urlsplit(link.href)
        host = (parts.hostname or "").rstrip(".").lower()
        return parts.scheme in ("http", "https") and bool(host) and (self.at_home or _is_public(host))


@lru_cache(maxsize=64)  # nearly all links lead to the desk's own host
def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith((".localhost", ".local", ".internal", ".test", ".invalid"))


class ShortKey(Struct, frozen=True):
    """Names the button number `index` of the bot's message `seq`."""

    seq: int
    index: int


class BoundButton(Struct, frozen=True):
    """A payload with the bot message that offered it; None where the button doesn't say."""

    payload: str
    seq: int | None


def data_of(message: Reply, index: int) -> str | None:
    """Return the data of a button, at most 64 bytes; None if it can't be told which it is."""
    payload = message.buttons[index].payload
    data = _bound(message, payload)
    return (data or None) if len(data.encode()) <= MOST_DATA_BYTES else _short_key(message, index)


def data_of_payload(message: Reply, payload: str) -> str | None:
    """Return the data of a button that stands in a row of the message's card, as `data_of`."""
    data = _bound(message, payload)
    if len(data.encode()) <= MOST_DATA_BYTES:
        return data
    index = next((at for at, button in enumerate(message.buttons) if button.payload == payload), None)
    return None if index is None else _short_key(message, index)


def with_ticks(text: str, markup: Markup, ticked: Collection[str]) -> str:
    """Return a message's text with the boxes of its keyboard as they are now; `ticked` are the ids of those that are.

    A mark takes the place of one of the same length, so that what formats the text stays where it is.
    """
    lines = text.split("\n")
    for title, box in _boxes(markup):
        mark = TICKED if box in ticked else UNTICKED
        lines = [mark + line[len(mark) :] if line.startswith(f"{title}: ") else line for line in lines]
    return "\n".join(lines)


def ticked_as(message: Reply, ticked: Collection[str]) -> Reply:
    """Return the message with its boxes as they are now; `ticked` are the ids of those that are."""
    return replace(message, buttons=tuple(_given(button, ticked) for button in message.buttons))


def _given(button: Button, ticked: Collection[str]) -> Button:
    if not button.payload.startswith(TOGGLE) or not button.title.startswith(TICKS):
        return button
    mark = TICKED if button.payload.removeprefix(TOGGLE) in ticked else UNTICKED
    return replace(button, title=mark + button.title[len(mark) :])


def _boxes(markup: Markup) -> Iterator[tuple[str, str]]:
    """Yield each box of a keyboard: its title, and the id that it ticks."""
    for key in chain.from_iterable(markup.get("inline_keyboard", ())):
        read = read_data(str(key.get("callback_data", "")))
        if isinstance(read, BoundButton) and read.payload.startswith(TOGGLE):
            yield str(key["text"]), read.payload.removeprefix(TOGGLE)


def _bound(message: Reply, payload: str) -> str:
    return payload if message.seq is None else f"{message.seq}|{payload}"


def _short_key(message: Reply, index: int) -> str | None:
    return None if message.seq is None else f"k:{message.seq}:{index}"


def read_data(data: str) -> ShortKey | BoundButton:
    """Return what `data_of` wrote; anything else counts as a payload of no known message."""
    if found := _BOUND.fullmatch(data):
        return BoundButton(found[2], int(found[1]))
    if found := _SHORT_KEY.fullmatch(data):
        return ShortKey(int(found[1]), int(found[2]))
    return BoundButton(data, None)


def inline_keyboard(message: Reply, looks: Looks, *, links: bool = True) -> Markup | None:
    """Return links first, each a full row; then the answers; back, help and other commands in a row of their own."""
    rows: list[KeyboardRow] = []
    if links:
        rows += [[link_key(link)] for link in message.links if looks.opens(link)]
    rows += fitting_rows([(key, button.title) for key, button in _keys(message) if not is_command(button)])
    rows += command_rows(message)
    return {"inline_keyboard": rows} if rows else None


def command_rows(message: Reply) -> list[KeyboardRow]:
    """Return back, help and other commands, three beside each other."""
    commands = [key for key, button in _keys(message) if is_command(button)]
    return [commands[at : at + 3] for at in range(0, len(commands), 3)]


def is_command(button: Button) -> bool:
    """Return whether it goes another way than to answer."""
    return button.payload.startswith("/")


def link_key(link: ReplyLink) -> Key:
    """Return the button of a link."""
    return {"text": link_title(link), "url": link.href}


def _keys(message: Reply) -> Iterator[tuple[Key, Button]]:
    for index, button in enumerate(message.buttons[:MOST_BUTTONS]):
        data = data_of(message, index)
        if data and button.title.strip():
            yield {"text": button.title, "callback_data": data}, button


def fitting_rows(keys: Sequence[tuple[Key, str]]) -> list[KeyboardRow]:
    """Return answers with their titles as rows: short ones in pairs, all in pairs where there are many of them.

    What can be ticked has a row to itself, so that it looks like a list and not like answers.
    """
    crowded = sum(not title.startswith(TICKS) for _, title in keys) > IN_VIEW
    rows: list[KeyboardRow] = []
    for width, group in groupby(keys, lambda key: _width(key[1], crowded=crowded)):
        beside = [key for key, _ in group]
        rows += [beside[at : at + width] for at in range(0, len(beside), width)]
    return rows


def _width(title: str, *, crowded: bool) -> int:
    """Return how many buttons like this one stand beside each other."""
    return 2 if (crowded or len(title) <= SHORT_TITLE) and not title.startswith(TICKS) else 1


def contact_keyboard(message: Reply, share_number: str) -> Markup:
    """Return the button that shares the number, and the other answers as words to be said (typed ones work as well)."""
    rows: list[KeyboardRow] = [[{"text": share_number, "request_contact": True}]]
    rows += [[{"text": button.title}] for button in message.buttons if button.title.strip()]
    return {"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True}


def only_links(markup: Markup) -> Markup | None:
    """Return what stays of a keyboard once its step is answered: ways to go, what can be copied, no answers."""
    rows = [
        [button for button in row if button.get("url") or button.get("copy_text")]
        for row in markup.get("inline_keyboard", ())
    ]
    return {"inline_keyboard": [row for row in rows if row]} if any(rows) else None


def offers(markup: Markup) -> bool:
    """Return whether the keyboard has an answer to press."""
    return any(button.get("callback_data") for row in markup.get("inline_keyboard", ()) for button in row)


def text_with_links(message: Reply, looks: Looks, *, every: bool) -> str:
    """Return the words, with those links below them that can't be buttons (`every`: with all links).

    A link whose address is in the text already is left out. Those that a card's rows lead to stand in its order,
    whatever the question is. An agent's name stands above their words, as the chat shows all that we send as the bot's.
    """
    name = f"{message.by}:" if message.author == "agent" and message.by else ""
    links = (link for link in _in_order(message) if every or not looks.opens(link))
    fresh = [f"{link.title}: {link.href}" for link in links if link.href not in message.words]
    said = with_consents(message.buttons, message.words).strip()
    words = "\n".join(part for part in (name, said) if part)
    return "\n\n".join(part for part in (words, "\n".join(fresh)) if part)


def _in_order(message: Reply) -> list[ReplyLink]:
    rows = message.card.rows if message.card is not None else ()
    places = {row.document: at for at, row in enumerate(rows) if row.document is not None}
    return sorted(message.links, key=lambda link: places.get(link.id or "", -1))


def link_title(link: ReplyLink) -> str:
    """Return what the button says: what is done there, and where it leads."""
    host = urlsplit(link.href).hostname or ""
    return link.title if not host or host in link.title else f"{link.title} · {host}"
