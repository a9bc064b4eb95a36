"""Buttons and links as keyboards in the Bot API's JSON, and the data of a pressed button back to what it meant.

A button's data is `SEQ|PAYLOAD`: the step's message is part of it, so that a press on an old button is known as such.
Where that takes more than Telegram's 64 bytes it is `k:SEQ:INDEX`, and the payload is looked up in the journal.

A message has few buttons. What doesn't fit stands on further screens of its keyboard, which take each other's place; a
button that leads to one has the data `m:SEQ:SCREEN`.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Required, TypedDict
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.outbound import TICKED, UNTICKED, Button, Reply, ReplyLink
from bot.handlers.telegram.boxes import REQUIRED, TOGGLE, voluntary_boxes
from bot.handlers.telegram.command_menu import ChannelWords, Looks

MOST_DATA_BYTES = 64
#: The buttons in view below a message, links and the ways to further screens among them.
MOST_KEYS = 5
MOST_WAYS = 2
#: A single change needs no button that leads to it.
LEAST_FOLDED = 2
#: Titles up to this length fit side by side on a phone.
SHORT_TITLE = 16
TICKS = (TICKED, UNTICKED)
#: What stands before an answer that was chosen, a way that was gone instead, and what changes a row of a card.
CHOSEN, WENT, CHANGE = "✓", "→", "✎"
#: How payloads begin that correct an answer, or go another way than to answer.
EDIT, COMMAND = "edit:", "/"
FOR_SEVERAL = (REQUIRED, "consents:all")
"""The answers that tick boxes by themselves."""

_BOUND = re.compile(r"([0-9]{1,18})\|(.*)", re.DOTALL)
_SHORT_KEY = re.compile(r"k:([0-9]{1,18}):([0-9]{1,3})")
_RESENT = re.compile(r":again$|^contact_code:letter$")
_SCREEN_KEY = re.compile(r"m:([0-9]{1,18}):([0-9]{1,3})")


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


class Fold(Struct, frozen=True):
    """Buttons that stand behind one, or all that a message offers.

    `ways` (links) stand above them on every screen; `whole`: there is a way on among them, so that none leads back.
    """

    title: str
    keys: "tuple[Key | Fold, ...]"
    ways: tuple[Key, ...] = ()
    whole: bool = False


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


def ticked_as(message: Reply, ticked: Collection[str], behind: Collection[Button] = ()) -> Reply:
    """Return the message with its boxes as they are now; `ticked` are the ids of those that are.

    Those that stood `behind` a button and weren't ticked are left out.
    """
    buttons: list[Button] = []
    for button in message.buttons:
        is_box, is_ticked = button.payload.startswith(TOGGLE), button.payload.removeprefix(TOGGLE) in ticked
        if is_box and button.title.startswith(TICKS):
            title = (TICKED if is_ticked else UNTICKED) + button.title[1:]
            buttons += [] if button in behind and not is_ticked else [replace(button, title=title)]
        else:
            buttons.append(button)
    return replace(message, buttons=tuple(buttons))


def _bound(message: Reply, payload: str) -> str:
    return payload if message.seq is None else f"{message.seq}|{payload}"


def _short_key(message: Reply, index: int) -> str | None:
    return None if message.seq is None else f"k:{message.seq}:{index}"


def screen_of(data: str) -> ShortKey | None:
    """Return the message and the screen of its keyboard to which a button leads; None for any other button's data."""
    found = _SCREEN_KEY.fullmatch(data)
    return ShortKey(int(found[1]), int(found[2])) if found else None


def read_data(data: str) -> ShortKey | BoundButton:
    """Return what `data_of` wrote; anything else counts as a payload of no known message."""
    if found := _BOUND.fullmatch(data):
        return BoundButton(found[2], int(found[1]))
    if found := _SHORT_KEY.fullmatch(data):
        return ShortKey(int(found[1]), int(found[2]))
    return BoundButton(data, None)


def offer_of(message: Reply, looks: Looks, *, links: bool = True) -> Fold:
    """Return links first, then the answers, then back, help and other commands; boxes to tick stand behind a button.

    A box says its name alone: what is agreed to, and whether it is demanded, is told above. What corrects earlier
    answers, or sends again what a link or another button is for, stands behind a button, too.
    """
    ways = [link_key(link) for link in message.links if looks.opens(link)] if links else []
    again = [button.payload for button in message.buttons if _RESENT.search(button.payload)][0 if ways else 1 :]
    kinds: dict[str, list[Key]] = {"box": [], "quick": [], "answer": [], "change": [], "command": []}
    for key, button in _keys(message):
        name = button.title.partition(" (")[0] if button.payload.startswith(TOGGLE) else button.title
        kind = "change" if button.payload in again else _kind(button, message.buttons[0])
        kinds[kind].append({**key, "text": name})
    boxes, quick, answers = kinds["box"], kinds["quick"], kinds["answer"]
    if boxes and quick and not any(key["text"].startswith(TICKED) for key in boxes):
        # What ticks all of them stands beside their words; until one is ticked there is nothing to be done with.
        first, behind = (quick[:1], quick[1:]) if voluntary_boxes(message, looks) else (quick, answers)
        choose = Fold(looks.words.said("choose", message.locale), (*boxes, *behind), whole=True)
        return make_offer(ways, (*first, choose), (), kinds["command"])
    change = looks.words.said("more" if again else "change", message.locale)
    return make_offer(ways, (*boxes, *([] if boxes else quick), *answers), kinds["change"], kinds["command"], change)


def _kind(button: Button, first: Button) -> str:
    if button.payload.startswith(TOGGLE):
        return "box"
    if button.payload.startswith(EDIT) and not first.payload.startswith(EDIT):
        return "change"
    return "quick" if button.payload in FOR_SEVERAL else "command" if button.payload.startswith(COMMAND) else "answer"


def make_offer(
    ways: Sequence[Key],
    answers: Sequence[Key | Fold],
    changes: Sequence[Key | Fold],
    commands: Sequence[Key],
    change: str = "",
) -> Fold:
    """Return what is offered: several changes behind one button; only a few links stand on every screen."""
    folded = changes if len(changes) < LEAST_FOLDED else (Fold(change, tuple(changes)),)
    return Fold("", (*ways[MOST_WAYS:], *answers, *folded, *commands), tuple(ways[:MOST_WAYS]))


def keyboard_of(offer: Fold, message: Reply, looks: Looks, screen: int = 0) -> Markup | None:
    """Return one screen of what a message offers, the first one where there is no such."""
    screens = _screens(offer, message.seq or 0, looks.words, message.locale or "")
    rows = fitting_rows(screens[screen if screen < len(screens) else 0])
    return {"inline_keyboard": rows} if rows else None


def _screens(offer: Fold, seq: int, words: ChannelWords, locale: str) -> list[list[Key]]:
    """Return the screens. Those of one fold follow each other, and the last one leads back to where it was opened."""
    screens: list[list[Key]] = []

    def lead(title: str, to: int) -> Key:
        return {"text": title, "callback_data": f"m:{seq}:{to}"}

    def lay(fold: Fold, back: int) -> int:
        room = MOST_KEYS - len(offer.ways)
        single = len(fold.keys) <= room and (fold is offer or fold.whole)
        size = room if single else room - 1
        pages = [fold.keys[at : at + size] for at in range(0, len(fold.keys) or 1, size)]
        first = len(screens)
        screens.extend([] for _ in pages)
        for at, page in enumerate(pages, first):
            onward = [] if single else [lead(words.said("more", locale), at + 1)]
            if not single and at == first + len(pages) - 1:
                onward = [lead(words.said("back", locale), back)]
            keys = [lead(key.title, lay(key, at)) if isinstance(key, Fold) else key for key in page]
            screens[at] = [*offer.ways, *keys, *onward]
        return first

    lay(offer, 0)
    return screens


def link_key(link: ReplyLink) -> Key:
    """Return the button of a link."""
    return {"text": link_title(link), "url": link.href}


def _keys(message: Reply) -> Iterator[tuple[Key, Button]]:
    for index, button in enumerate(message.buttons):
        data = data_of(message, index)
        if data and button.title.strip():
            yield {"text": button.title, "callback_data": data}, button


def fitting_rows(keys: Sequence[Key]) -> list[KeyboardRow]:
    """Return buttons as rows: short ones in pairs, those of commands apart.

    What can be ticked and what leads elsewhere has a row to itself, so that it looks like no answer.
    """
    rows: list[KeyboardRow] = []
    for (width, _), group in groupby(keys, lambda key: (_width(key), "|/" in key.get("callback_data", ""))):
        beside = list(group)
        rows += [beside[at : at + width] for at in range(0, len(beside), width)]
    return rows


def _width(key: Key) -> int:
    """Return how many buttons like this one stand beside each other."""
    alone = key["text"].startswith(TICKS) or "url" in key or screen_of(key.get("callback_data", "")) is not None
    return 1 if alone or len(key["text"]) > SHORT_TITLE else 2


def contact_keyboard(message: Reply, share_number: str) -> Markup:
    """Return the button that shares the number, and the other answers as words to be said (typed ones work as well)."""
    rows: list[KeyboardRow] = [[{"text": share_number, "request_contact": True}]]
    rows += [[{"text": button.title}] for button in message.buttons[: MOST_KEYS - 1] if button.title.strip()]
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


def link_title(link: ReplyLink) -> str:
    """Return what the button says: what is done there, and where it leads."""
    host = urlsplit(link.href).hostname or ""
    return link.title if not host or host in link.title else f"{link.title} · {host}"
