"""An update in the Bot API's JSON → what it says to the desk. Pure: nothing is asked, nothing is looked up.

Only what the desk needs is looked at: python-telegram-bot's objects of a whole update cost twenty times as much.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from math import inf
from typing import Any, Protocol

from msgspec import Struct
from telegram import ChatMember, Message
from telegram.constants import ChatType

from bot.conversation.inbound import (
    PLAIN,
    Body,
    ButtonPressed,
    Channel,
    Edited,
    Inbound,
    Provenance,
    SharedContact,
    Text,
    UnsupportedMedia,
    VoiceNote,
)
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.telegram.buttons import Markup, ShortKey, read_data, screen_of
from values.private import Private, PrivateStruct
from values.recording import MOST_BYTES

STILL = "-"
"""The data of buttons of earlier releases that only showed what was chosen: pressing one says nothing."""
Json = Mapping[str, Any]
"""An object that nobody has checked yet."""

#: Kinds of content that can be heard.
HEARD = ("voice", "audio")
#: Kinds of content that the desk can't read, as it names them.
UNREADABLE = tuple(
    "video_note photo sticker animation document video venue location poll dice story game invoice"
    " paid_media checklist live_photo".split()
)
#: Fields of a message that isn't its sender's own, in the form of any version of the Bot API.
_SECOND_HAND = frozenset(
    "forward_origin forward_date forward_from forward_from_chat forward_from_message_id forward_sender_name "
    "forward_signature via_bot sender_business_bot sender_chat".split()
)
#: The wire's names of all fields on which somebody has decided: a message with another has content, be it new to us.
_DECIDED = _SECOND_HAND.union(("from",), *(kind.__dict__.get("__slots__", ()) for kind in Message.__mro__))
#: Kinds of entities that say how words look, or what is behind them.
_FORMATS = frozenset(
    "bold italic underline strikethrough spoiler blockquote expandable_blockquote code pre text_link".split()
)
_ADDRESSED_COMMAND = re.compile(r"^(/[A-Za-z0-9_]+)@\w+")


class TelegramText(Struct, frozen=True):
    """Something for the desk."""

    inbound: Inbound


class PressedMessage(PrivateStruct):
    """The message below which a button was pressed.

    An old one comes without its content ("inaccessible"): then there is nothing to keep of it. `entities` are those
    that format it; what Telegram finds by itself (addresses, commands) it finds again.
    """

    id: int
    markup: Markup | None = None
    text: Private[str] = ""
    entities: Private[tuple[Json, ...]] = ()

    def title(self, data: str) -> str | None:
        """Return what the button with this data says."""
        rows = self.markup["inline_keyboard"] if self.markup and "inline_keyboard" in self.markup else ()
        return next((_words(key["text"]) for row in rows for key in row if key.get("callback_data") == data), None)


class TelegramPress(Struct, frozen=True):
    """A pressed button. `key` still has to be looked up, else `inbound` is whole; the query wants an answer.

    `title` is what the button said.
    """

    inbound: Inbound
    key: ShortKey | None
    query_id: str
    message: PressedMessage
    title: str | None


class Leaf(Struct, frozen=True):
    """A pressed button that only leads to another screen of its message's keyboard."""

    address: str
    reference: str
    screen: ShortKey
    query_id: str


class Membership(Struct, frozen=True):
    """The customer blocked the bot, or let it in again."""

    address: str
    blocked: bool


class Stray(Struct, frozen=True):
    """Nothing for the desk (a group, a channel, a notice); `query_id` if a button of ours waits for an answer."""

    query_id: str | None = None


class OfAgents(Struct, frozen=True):
    """An update of the agents' group. What is done at one `door` is done in its order, by `take`."""

    update_id: int
    door: str
    take: Callable[[], Awaitable[None]]


class AgentsGroup(Protocol):
    """The port of the agents' group, whose updates are told apart from customers'. `mirror` writes into it."""

    @property
    def mirror(self) -> AgentMirror: ...

    def parse(self, update: Json) -> OfAgents | None:
        """Parse an update; None for one that isn't the group's. Raises TypeError for nonsense."""

    async def close(self) -> None:
        """Wait for background tasks."""


Parsed = TelegramText | TelegramPress | Leaf | Membership | Stray


def _number(value: object) -> int:
    """Return the number; what isn't of its type must not get further. Raises TypeError."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("not a number")
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def parse(update: Json) -> Parsed:
    """Return what the update says.

    Only private chats with people are served. Raises TypeError, KeyError and others for nonsense.
    """
    if query := update.get("callback_query"):
        return _press(update, query)
    if member := update.get("my_chat_member"):
        if member["chat"]["type"] != ChatType.PRIVATE:
            return Stray()
        blocked = member["new_chat_member"]["status"] == ChatMember.BANNED
        return Membership(str(_number(member["chat"]["id"])), blocked)
    edited = update.get("edited_message")
    message = update.get("message") or edited
    if message is None or message["chat"]["type"] != ChatType.PRIVATE:
        return Stray()
    sender = message.get("from")
    if sender is None or sender["is_bot"]:
        return Stray()
    text = _text(message)  # a moving "live location" comes as an edit without any, again and again
    body = (Edited(_words(text)) if text is not None else None) if edited else body_of(message)
    if body is None:
        return Stray()
    said_at = datetime.fromtimestamp(message["date"], UTC)
    return TelegramText(_inbound(update, message, sender, body, str(_number(message["message_id"])), said_at))


def _inbound(
    update: Json, message: Json, sender: Json, body: Body, reference: str | None = None, said_at: datetime | None = None
) -> Inbound:
    language = sender.get("language_code")
    return Inbound(
        channel=Channel.TELEGRAM,
        address=str(_number(message["chat"]["id"])),
        key=str(_number(update["update_id"])),
        body=body,
        locale_hint=_words(language)[:35] if language else None,
        reference=reference,
        said_at=said_at,
        provenance=_provenance(message, reference),
    )


def _provenance(message: Json, reference: str | None) -> Provenance:
    """Return what stands around the words of a customer's message, or around a button of ours (without `reference`)."""
    thread = message.get("message_thread_id") if message.get("is_topic_message") else None  # replies make threads, too
    topic = str(_number(thread)) if thread is not None else None
    if reference is None:  # an old message comes without its topic ("inaccessible")
        return Provenance(topic=topic) if message.get("date") else PLAIN
    album, replied = message.get("media_group_id"), message.get("reply_to_message")
    captioned = message.get("text") is None and message.get("caption")
    under = next((kind for kind in (*HEARD, *UNREADABLE) if message.get(kind)), "other") if captioned else None
    return Provenance(
        second_hand=is_second_hand(message),
        caption_of=under,
        album=_words(album) if album is not None else None,
        topic=topic,
        replies_to=str(_number(replied["message_id"])) if replied is not None else None,
    )


def is_second_hand(message: Json) -> bool:
    """Return whether somebody else wrote the message or sent it for its sender: it is no act of the sender's own."""
    return any(message[field] is not None for field in _SECOND_HAND & message.keys())


def _press(update: Json, query: Json) -> TelegramPress | Leaf | Stray:
    message, data = query.get("message"), query.get("data")
    if message is None or message["chat"]["type"] != ChatType.PRIVATE or not data or data == STILL:
        return Stray(_words(query["id"]))
    if screen := screen_of(_words(data)):
        place = str(_number(message["chat"]["id"])), str(_number(message["message_id"]))
        return Leaf(*place, screen, _words(query["id"]))
    read = read_data(data)
    key = read if isinstance(read, ShortKey) else None
    pressed = PressedMessage(
        id=_number(message["message_id"]),
        markup=_keyboard(message.get("reply_markup")),
        text=_words(message.get("text") or ""),
        entities=tuple(entity for entity in message.get("entities") or () if entity["type"] in _FORMATS),
    )
    body = ButtonPressed(data if isinstance(read, ShortKey) else read.payload, read.seq, str(pressed.id))
    inbound = _inbound(update, message, query["from"], body)
    return TelegramPress(inbound, key, _words(query["id"]), pressed, pressed.title(data))


def _keyboard(markup: Json | None) -> Markup | None:
    if markup is None:
        return None
    rows: list[list[Json]] = markup["inline_keyboard"]
    if not all(isinstance(button, dict) for row in rows for button in row):
        raise TypeError("not a keyboard")
    return {"inline_keyboard": rows}


def _text(message: Json) -> object:
    """Return the words of a message, which may stand under a picture or a file; None where there are none."""
    text = message.get("text")
    return text if text is not None else message.get("caption") or None


def body_of(message: Json) -> Body | None:
    if (text := _text(message)) is not None:
        return Text(_ADDRESSED_COMMAND.sub(r"\1", _words(text)))
    if contact := message.get("contact"):
        return SharedContact(_words(contact["phone_number"]), own=_is_own(message, contact))
    for kind in HEARD:
        if (sound := message.get(kind)) is not None:
            return VoiceNote(place=_words(sound["file_id"]), kind=kind, seconds=_seconds(sound))
    for kind in UNREADABLE:
        if message.get(kind):
            return UnsupportedMedia(kind)
    return UnsupportedMedia("other") if any(message[name] for name in message.keys() - _DECIDED) else None


def _seconds(sound: Json) -> float | None:
    """Return a recording's length; without end for a file that is larger than is taken."""
    length, size = sound.get("duration"), sound.get("file_size")
    if isinstance(size, int) and size > MOST_BYTES:
        return inf
    return length if isinstance(length, int | float) and not isinstance(length, bool) else None


def _is_own(message: Json, contact: Json) -> bool:
    """Return whether the card is the sender's own, and theirs to send: anybody can send or forward anybody's.

    Telegram itself names the account that has the number. A card that came another way than by the sender's own hand
    is proof of nothing.
    """
    return contact.get("user_id") == _number(message["from"]["id"]) and not is_second_hand(message)
