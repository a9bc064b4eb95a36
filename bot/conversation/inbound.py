"""Incoming messages, independent of the channel: every handler turns its form into an `Inbound`."""

from collections.abc import Mapping
from datetime import datetime
from typing import get_args

from msgspec import Struct

from values.channel import Channel
from values.meaning import OtherKind
from values.private import Private, PrivateStruct
from values.recording import length_s


class Text(Struct, frozen=True):
    """Words typed by the customer, as they came (not yet cleaned)."""

    body: str


class ButtonPressed(PrivateStruct, eq=False):
    """A button. `asked_at` is the number (seq) of the bot message that carried it, None where the channel can't say.

    `place` is the channel's own name of that message, where the channel can change what it has sent.
    """

    payload: str
    asked_at: int | None = None
    place: Private[str | None] = None

    def __eq__(self, other: object) -> bool:
        """Tell whether it is the same button, wherever the channel keeps its message."""
        return isinstance(other, ButtonPressed) and (self.payload, self.asked_at) == (other.payload, other.asked_at)

    def __hash__(self) -> int:
        return hash((self.payload, self.asked_at))


class Edited(Struct, frozen=True):
    """An earlier message of the customer, changed afterwards; taken as a correction, never as a new answer."""

    body: str


class SharedContact(Struct, frozen=True):
    """The messenger's own contact button; `own` only if the channel proved that the card is the sender's."""

    phone: str
    own: bool


class UnsupportedMedia(Struct, frozen=True):
    """A message without words that can be read; `kind` is the channel's name of what it is (`known_kind`)."""

    kind: str


class VoiceNote(PrivateStruct):
    """A recording: its bytes with their digest as its mark, or the channel's own name of the file.

    `kind` is the channel's word, for a desk that can't hear it; `seconds` its length, where the channel tells it, and
    without end for a file that is larger than is taken.
    """

    audio: Private[bytes] = b""
    place: Private[str] = ""
    mark: str = ""
    kind: str = "voice"
    seconds: float | None = None

    @property
    def plays_s(self) -> float | None:
        """Its length by its bytes where they are here, else as the channel tells it."""
        return length_s(self.audio) if self.audio else self.seconds


_KINDS: Mapping[str, OtherKind] = {
    **{kind: kind for kind in get_args(OtherKind)},
    "animation": "video",
    "audio": "file",
    "document": "file",
    "live_photo": "photo",
    "venue": "location",
}


def known_kind(kind: str) -> OtherKind:
    """Return the kind by which the desk names what isn't text, from a channel's own name of it."""
    return _KINDS.get(kind, "other")


Body = Text | ButtonPressed | Edited | SharedContact | VoiceNote | UnsupportedMedia


class Provenance(PrivateStruct):
    """The surroundings of a message's words, as its channel tells them.

    `second_hand`: they are somebody else's, forwarded or put in by another bot. `caption_of` is the channel's name of
    what the words stand under. `album`, `topic` and `replies_to` are the channel's names of the group of messages that
    were sent as one, of the part of the chat, and of the earlier message that this one replies to.
    """

    second_hand: bool = False
    caption_of: str | None = None
    album: Private[str | None] = None
    topic: Private[str | None] = None
    replies_to: Private[str | None] = None


PLAIN = Provenance()
"""Of a message with nothing around it."""


class Inbound(PrivateStruct):
    """One message of a customer.

    `address` names the conversation on its channel (chat id, session id, sender). `key` is the channel's own
    mark of this message, unique within the channel: the same key twice is the same message delivered twice.
    `reference` lets the channel delete the message if it held a secret (Telegram's message id).
    `network` is the customer's network address, None where the channel doesn't know it or it counts in no limit.
    `seen` is the number (seq) of the last message that the customer saw when they wrote, `said_at` when they wrote by
    the channel's own clock, which dates what it was sent as well; None where the channel can't say. A text older than a
    binding question doesn't answer it.
    `holder` is what must hold the conversation, and `next_holder` what does from the message on by which it becomes an
    account's; None on channels whose address is all there is.
    """

    channel: Channel
    address: str
    key: str
    body: Body
    locale_hint: str | None = None
    reference: str | None = None
    network: Private[str | None] = None
    seen: int | None = None
    said_at: datetime | None = None
    holder: Private[str | None] = None
    next_holder: Private[str | None] = None
    provenance: Provenance = PLAIN
