"""Replies and status snapshots that no channel owns; handlers turn them into their own form."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from values.channel import Channel


@dataclass(frozen=True, slots=True)
class Button:
    """A quick reply: what it says and what pressing it sends."""

    title: str
    payload: str


@dataclass(frozen=True, slots=True)
class ReplyLink:
    """A place to go: `rel` is secure_page, payment, login or document; `id` is the payment's or the document's."""

    rel: str
    href: str
    title: str
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One line of the transcript. `seq` numbers the bot's (and agents') messages 1, 2, 3 …; a customer's have none."""

    id: int
    seq: int | None
    author: str  # "bot", "agent", "customer"
    text: str
    buttons: tuple[Button, ...]
    links: tuple[ReplyLink, ...]
    at: datetime
    asks_contact: bool = False  # offer the messenger's contact button with this message, where there is one
    by: str | None = None  # the agent's name, where one wrote it
    locale: str | None = None  # its language; unknown in lines of earlier releases


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """The status of a conversation: the `custom` of the REST channel (docs/reference/rest.md)."""

    conversation_id: str
    dialog: str
    step: str
    expects: str
    done: int
    of: int
    part: str  # the dialog's name in the customer's language, for "3 of 8 · Company data"
    links: tuple[ReplyLink, ...]
    locale: str
    mode: str  # bot, waiting, agent
    seq: int
    speaker: str | None = None  # the agent who has the talk, by name
    heading: str | None = None  # the company that the talk is about, where an account may have several


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that the channel took.

    `reference` is the channel's own name of it, `at` when it was sent by the channel's own clock, where it has one.
    """

    reference: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now: try again after that time."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Dead:
    """Never. `gone`: the chat is closed (blocked, deleted), write no more; else only this message is refused."""

    gone: bool


Outcome = Delivered | Later | Dead


_TELEGRAM, _WEB = str(Channel.TELEGRAM), str(Channel.WEB)


def _no_bot() -> str | None:
    return None


@dataclass(frozen=True)
class ReachableChannels:
    """The channels on which a customer could go on, and the addresses that lead there.

    `bot_name` returns the Telegram bot's user name once Telegram has told it, None where there is no bot;
    `bots_at` is the address below which Telegram's chats open by that name.
    """

    public_url: str
    bot_name: Callable[[], str | None] = _no_bot
    bots_at: str = "https://t.me"

    def beyond(self, channel: str) -> tuple[str, ...]:
        """Return the channels besides this one, by name."""
        others = (_TELEGRAM, _WEB) if self.bot_name() is not None else (_WEB,)
        return tuple(other for other in others if other != channel)

    def address(self, channel: Channel, token: str) -> str:
        """Return the address of a start link's token on this channel; without a bot that of the web chat."""
        by_telegram = self.by_telegram(token) if channel is Channel.TELEGRAM else None
        return by_telegram or f"{self.public_url}/chat?start={token}"

    def by_telegram(self, token: str) -> str | None:
        """Return its address on Telegram; None without a bot."""
        name = self.bot_name()
        return f"{self.bots_at}/{name}?start={token}" if name is not None else None
