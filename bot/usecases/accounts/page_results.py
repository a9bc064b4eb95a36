"""Results of the one-time pages `/s/{token}`, in keys of the page texts; `bot/handlers/pages/secure.py` renders them.

Must not be known here: HTTP and templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.accounts.one_time_links import Purpose
from values.secret import Secret


@dataclass(frozen=True, slots=True)
class PageText:
    """A key of the page texts (`[criteria]`, `[reasons]`) with the values of its placeholders."""

    key: str
    values: Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class PageView:
    """An open link.

    `criteria`: the rules for a new password as keys of `[criteria]`: `min_length` and `max_length` (with `n`, in
    characters), `upper`, `lower`, `digit`, `special`, `allowed` (with `characters`). `chat`: the address of the link's
    web conversation. `by_number`: customers may log in by their number. `said`: keys of `[own]`, shown before something
    irreversible. `forgot`: values of the field `forgot` with their titles. `questions`: FAQ entries of the log-in page
    with their answers.
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


@dataclass(frozen=True, slots=True)
class LinkGone:
    """A link that no longer opens. `why`: used, expired, replaced (by a newer one) or confirmed."""

    why: str
    seller: str
    locale: str
    chat: str | None = None


@dataclass(frozen=True, slots=True)
class UnknownLink:
    """A token that belongs to no link."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Success; the link is used up. `message_key` is a key of `[done]`, `next` the path of the page that follows."""

    message_key: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A file to download, never cached: `content` may hold all personal data of a customer."""

    name: str
    kind: str  # its media type
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class FormRefused:
    """A refused form; the link stays open. The reasons are keys of `[reasons]`."""

    reasons: tuple[PageText, ...]


@dataclass(frozen=True, slots=True)
class TooMany:
    """Too many wrong attempts. `retry_after`: seconds until the next one is accepted."""

    retry_after: int


class SecurePages(Protocol):
    """The use case behind the pages. Raises `StoreUnavailable` while nothing can be committed."""

    async def open(self, token: str) -> PageView | LinkGone | UnknownLink:
        """Return what the link leads to; change nothing."""
        ...

    async def submit(
        self, token: str, fields: Mapping[str, Secret], address: str | None
    ) -> Accepted | Handed | FormRefused | TooMany | LinkGone | UnknownLink:
        """Handle the form: those of `login`, `password`, `password_repeat`, `file` and `forgot` that were sent."""
        ...
