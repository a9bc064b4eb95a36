"""The channels that a desk writes to: `CHANNELS` has a function for each that opens it where its settings are given."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib import import_module
from typing import Any, Protocol

from msgspec import Struct
from sqlalchemy.engine import make_url
from starlette.routing import Route

from bot.app.container import Container, Dependencies
from bot.app.settings import Settings
from bot.conversation.delivery import Sender
from bot.conversation.outbound import ReachableChannels
from bot.handlers.telegram.buttons import Looks
from bot.handlers.telegram.channel import ByPolling, ByWebhook, TelegramChannel
from bot.handlers.telegram.client import BotClient, make_bot
from bot.handlers.telegram.command_menu import ChannelWords, words_of
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.polling import is_only_poller
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import secret_of
from bot.usecases.job_deps import Fetch
from services.keyed_hash import all_keys
from values.channel import Channel
from values.private import HiddenStruct


class ChannelWorker(Protocol):
    """A channel's worker beside the web server."""

    def start(self) -> None:
        """Begin to take messages, in the background."""

    async def stop(self) -> None:
        """Take no new message; replies can still be sent."""

    async def close(self) -> None:
        """End, once nothing is to be sent any more."""


class Receiver(Struct, frozen=True):
    """A channel's way in: its routes on the desk's web server, and its worker where it has one."""

    routes: Sequence[Route]
    worker: ChannelWorker | None = None


class OpenChannel(Struct, frozen=True):
    """A channel whose settings are given. `receiver` makes its way in once there is a desk.

    `fetch`: gets the files that its customers send, where it names them instead of bringing them.
    """

    sender: Sender
    receiver: Callable[[Container], Receiver]
    fetch: Fetch | None = None


POLLING = "telegram.polling"
"""The lease of the one process that asks Telegram for updates."""

#: The address of the sandbox's own Telegram ends so, whichever sandbox it is.
STAND_IN = "/sandbox/telegram/bot"


class BotAt(HiddenStruct):
    """A bot by its token, and the Bot API that knows it (ending in `/bot`)."""

    token: str
    base_url: str

    @property
    def chats_at(self) -> str:
        """The address below which people open chats with bots."""
        return self.base_url.removesuffix("/bot") if self.is_played else "https://t.me"

    @property
    def is_played(self) -> bool:
        """Tell whether a sandbox plays Telegram."""
        return self.base_url.endswith(STAND_IN)

    @property
    def file_url(self) -> str:
        """The base URL of Telegram's files, without the token."""
        return self.base_url.removesuffix("/bot") + "/file/bot"


def bot_at(settings: Settings, endpoints: Mapping[str, Mapping[str, Any]]) -> BotAt | None:
    """Return the bot that is set; in the sandbox, without any, one of the stand-in's; else None."""
    if settings.telegram_mode == "off":
        return None
    if settings.telegram_token is not None:
        return BotAt(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
    if "telegram" not in endpoints or "telegram_base_url" in settings.model_fields_set:
        return None
    stand_in = endpoints["telegram"]
    return BotAt(_own_token(stand_in["token"], settings.database), stand_in["base_url"])


def _own_token(token: str, database: str) -> str:
    """Return a bot of its own for each database.

    Several desks may share one sandbox, and one bot answers one of them only.
    """
    url = make_url(database)
    named = f"{url.host}:{url.port}/{url.database}".encode()
    number = 7_000_000_000 + int.from_bytes(hashlib.sha256(named).digest()[:4]) % 1_000_000_000
    return f"{number}:{token.partition(':')[2]}"


class TelegramBot(OpenChannel, frozen=True, kw_only=True):
    """Telegram by one bot."""

    at: BotAt
    client: BotClient

    def name(self) -> str | None:
        """Return the bot's user name, once Telegram has told it."""
        try:
            return self.client.username
        except RuntimeError:
            return None


def telegram(deps: Dependencies) -> TelegramBot | None:
    """Open Telegram; nothing is asked of it yet."""
    at = bot_at(deps.settings, deps.stand_ins)
    if at is None:
        return None
    client = make_bot(at.token, base_url=at.base_url, file_url=at.file_url)
    words = words_of(lambda key, spoken: deps.renderer.words(key, {}, spoken), deps.seller.locales)
    pace = Pace() if deps.rate_limited else Pace(overall_per_s=None, chat_per_s=None)
    required = frozenset(consent.id for consent in deps.seller.consents if consent.obligatory)
    sender = TelegramSender(client, pace, Looks(words, at.is_played, required))
    receiver = partial(_telegram_receiver, at, client, sender, words)
    return TelegramBot(sender, receiver, client.file, at=at, client=client)


def _telegram_receiver(
    at: BotAt, client: BotClient, sender: TelegramSender, words: ChannelWords, parts: Container
) -> Receiver:
    deps, lease = parts.deps, parts.lease
    way = (
        ByWebhook(deps.base_url, tuple(secret_of(key.hex(), at.token) for key in all_keys(deps.server_key)))
        if deps.settings.telegram_mode == "webhook"
        else ByPolling(my_turn=is_only_poller if deps.store.exclusive else lambda: lease.take(POLLING))
    )
    # By name: few desks have agents in Telegram, and they take 12 ms.
    agents: Any = import_module("bot.app.agent_desks") if deps.settings.telegram_desk_chat is not None else None
    forum = agents.telegram_group(parts, client) if agents is not None else None
    channel = TelegramChannel(
        client,
        parts.desk,
        sender,
        way=way,
        locale=deps.seller.locales[0],
        words=words,
        forum=forum,
        status=deps.metrics.watch_telegram(),
    )
    return Receiver(channel.routes(), channel)


CHANNELS: Mapping[Channel, Callable[[Dependencies], OpenChannel | None]] = {Channel.TELEGRAM: telegram}
"""Each opens its channel, which `values/channel.py` declares; None where its settings aren't given."""


def open_channels(deps: Dependencies) -> dict[Channel, OpenChannel]:
    """Open the channels whose settings are given."""
    return {name: channel for name, open in CHANNELS.items() if (channel := open(deps)) is not None}


def files(channels: Mapping[Channel, OpenChannel]) -> dict[str, Fetch]:
    """Return what fetches files, by channel."""
    return {name: channel.fetch for name, channel in channels.items() if channel.fetch is not None}


def reachable(deps: Dependencies, channels: Mapping[Channel, OpenChannel]) -> ReachableChannels:
    """Return the channels that customers of other ones can be led to."""
    bot = channels.get(Channel.TELEGRAM)
    if isinstance(bot, TelegramBot):
        return ReachableChannels(deps.base_url, bot.name, bot.at.chats_at)
    return ReachableChannels(deps.base_url)
