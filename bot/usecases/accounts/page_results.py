"""Results of the one-time pages `/s/{token}`, in keys of the page texts; `bot/handlers/pages/secure.py` renders them.

Must not be known here: HTTP and templates.
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from services.accounts.one_time_links import Purpose
from values.private import Private, PrivateStruct


class PageText(Struct, frozen=True):
    """A key of the page texts (`[criteria]`, `[reasons]`) with the values of its placeholders."""

    key: str
    values: Mapping[str, str | int]


class PageView(Struct, frozen=True):
    """An open link.

    `criteria`: the rules for a new password as keys of `[criteria]`: `min_length` and `max_length` (with `n`, in
    characters), `upper`, `lower`, `digit`, `special`, `allowed` (with `characters`). `chat`: the address of the link's
    web conversation. `by_number`: customers may log in by their number. `said`: keys of `[own]`, shown before something
    irreversible. `forgot`: values of the field `forgot` with their titles. `questions`: FAQ entries of the log-in page
    with their answers. `repeat`: a new password is typed twice. `login`: what a password manager keeps it with; empty
    where that would tell more than the chat knows. `stays`: whoever logs in may stay logged in on this device.
    """

    purpose: Purpose
    seller: str
    locale: str
    expires_at: datetime
    criteria: tuple[PageText, ...] = ()
    chat: str | None = None
    by_number: bool = False
    said: tuple[PageText, ...] = ()
    forgot: tuple[tuple[str, str], ...] = ()
    questions: tuple[tuple[str, str], ...] = ()
    repeat: bool = False
    login: str = ""
    stays: bool = False


class LinkGone(Struct, frozen=True):
    """A link that no longer opens. `why`: used, expired, replaced (by a newer one) or confirmed.

    `again`: a new one may be asked for here; it is mailed to where this one was.
    """

    why: str
    seller: str
    locale: str
    chat: str | None = None
    again: bool = False


class UnknownLink(Struct, frozen=True):
    """A token that belongs to no link."""


class HeldChat(PrivateStruct):
    """The web chat that a browser holds: by what now, and by what from a log-in on. Unproven: it is compared."""

    holder: Private[str]
    next_holder: Private[str]


class Accepted(PrivateStruct):
    """Success; the link is used up.

    `message_key` is a key of `[done]`, `next` the path of the page that follows. `digits`: nobody is logged in before
    the link's chat has been told them. `new_password`: the path by which one is set, offered instead of a way back.
    `turned`: the chat is held by its next holder from now on.
    """

    message_key: str
    next: str | None = None
    digits: Private[str | None] = None
    new_password: str | None = None
    turned: bool = False


class Handed(PrivateStruct):
    """A file to download, never cached: `content` may hold all personal data of a customer."""

    name: str
    kind: str  # its media type
    content: Private[bytes]


class FormRefused(Struct, frozen=True):
    """A refused form; the link stays open. The reasons are keys of `[reasons]`."""

    reasons: tuple[PageText, ...]


class TooMany(Struct, frozen=True):
    """Too many wrong attempts. `retry_after`: seconds until the next one is accepted."""

    retry_after: int
