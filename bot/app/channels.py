"""The channels' own set-up: Telegram's bot and its way in, the limits of the REST channel."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import make_url

from bot.app.settings import SandboxMode, Settings
from bot.conversation.desk import ConversationDesk
from bot.conversation.render import Renderer
from bot.handlers.telegram.channel import ByPolling, ByWebhook, TelegramChannel
from bot.handlers.telegram.client import BotClient, make_bot
from bot.handlers.telegram.command_menu import ChannelWords, words_of
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import secret_of
from bot.handlers.telegram_group.members import Members
from bot.web.flood import Flood, FloodRules
from services.jobs.process_lease import ProcessLease
from services.keyed_hash import all_of
from values.seller import Seller

POLLING = "telegram.polling"
"""The lease of the one process that asks Telegram for updates."""


#: The address of the sandbox's own Telegram ends so, whichever sandbox it is.
STAND_IN = "/sandbox/telegram/bot"


@dataclass(frozen=True, slots=True, repr=False)
class BotAt:
    """A bot by its token, and the Bot API that knows it (ending in `/bot`)."""

    token: str
    base_url: str

    @property
    def is_stand_in(self) -> bool:
        """Return whether this is the Bot API of a sandbox."""
        return self.base_url.endswith(STAND_IN)

    @property
    def chats_at(self) -> str:
        """The address below which people open chats with bots."""
        return self.base_url.removesuffix("/bot") if self.is_stand_in else "https://t.me"

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


@dataclass(frozen=True)
class TelegramBot:
    """The bot that a desk writes by."""

    at: BotAt
    client: BotClient
    words: ChannelWords
    sender: TelegramSender

    def name(self) -> str | None:
        """Return the bot's user name, once Telegram has told it."""
        try:
            return self.client.username
        except RuntimeError:
            return None


def telegram_bot(at: BotAt, settings: Settings, renderer: Renderer) -> TelegramBot:
    """Return the bot; nothing is asked of Telegram yet."""
    client = make_bot(at.token, base_url=at.base_url, file_url=at.file_url)
    words = words_of(lambda key, spoken: renderer.words(key, {}, spoken), renderer.seller.locales)
    pace = Pace() if settings.rate_limits == "on" else Pace(overall_per_s=None, chat_per_s=None)
    return TelegramBot(at, client, words, TelegramSender(client, pace, words))


def telegram(
    bot: TelegramBot,
    settings: Settings,
    desk: ConversationDesk,
    lease: ProcessLease,
    base_url: str,
    server_key: bytes,
    *,
    seller: Seller,
    forum: Members | None,
) -> TelegramChannel:
    """Return the channel by that bot; `forum` is the agents' group."""
    way = (
        ByWebhook(base_url, tuple(secret_of(key.hex(), bot.at.token) for key in all_of(server_key)))
        if settings.telegram_mode == "webhook"
        else ByPolling(my_turn=lambda: lease.take(POLLING))
    )
    return TelegramChannel(
        bot.client, desk, bot.sender, way=way, locale=seller.locales[0], words=bot.words, forum=forum
    )


def slows_floods(settings: Settings) -> bool:
    """Return whether floods are slowed down: not where one tries the desk alone, but wherever others reach it."""
    return settings.rate_limits == "on" and settings.sandbox is not SandboxMode.ON


def rest_flood(settings: Settings) -> Flood | None:
    """Limits of the REST channel, lifted with the quotas and in the sandbox on loopback."""
    if not slows_floods(settings):
        return None
    n = settings.rest_per_minute
    return Flood(FloodRules(session=f"{n}/minute", address=f"{10 * n}/minute"))


def notices_flood(settings: Settings) -> Flood:
    """Limits of providers' notices: one network may bring many payments' at once, but not without end."""
    rules = FloodRules(session="", address="600/minute")
    return Flood(rules if slows_floods(settings) else None)
