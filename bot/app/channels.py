"""The channels' own set-up: Telegram's bot and its way in, the limits of the REST channel."""

from dataclasses import dataclass

from starlette.routing import Route

from bot.app import forum
from bot.desk import TheDesk
from bot.handlers.telegram.channel import ByPolling, ByWebhook, TelegramChannel, locales
from bot.handlers.telegram.client import Client, make_bot
from bot.handlers.telegram.pace import Pace
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.webhook import secret_of
from bot.handlers.telegram.words import words_of
from bot.render import Renderer
from bot.settings import SandboxMode, Settings
from bot.web.flood import Flood, FloodRules
from services.engine.holder import Holder
from services.keyed_hash import all_of

POLLING = "telegram.polling"
"""The lease of the one process that asks Telegram for updates."""


@dataclass(frozen=True)
class Telegram:
    """The Telegram side of a desk."""

    bot: Client
    channel: TelegramChannel
    sender: TelegramSender

    @property
    def bot_name(self) -> str | None:
        """The bot's user name, once Telegram has told it."""
        try:
            return self.bot.username
        except RuntimeError:
            return None

    def routes(self) -> list[Route]:
        """What the web server serves for it."""
        return self.channel.routes()

    def start(self) -> None:
        """Begins to serve."""
        self.channel.start()

    async def stop(self) -> None:
        """Takes nothing more."""
        await self.channel.stop()

    async def close(self) -> None:
        """Ends, once nothing is to be sent any more."""
        await self.channel.close()


def telegram(
    settings: Settings,
    desk: TheDesk,
    holder: Holder,
    base_url: str,
    server_key: bytes,
    *,
    renderer: Renderer,
    agents: forum.Agents,
) -> Telegram | None:
    """The channel, or None without a token."""
    if settings.telegram_token is None:
        return None
    token = settings.telegram_token.get_secret_value()
    bot = make_bot(
        token,
        base_url=settings.telegram_base_url,
        file_url=settings.telegram_file_url,
    )
    locale = renderer.seller.locales[0]
    words = words_of(lambda key, spoken: renderer.words(key, {}, spoken), renderer.seller.locales)
    limited = settings.rate_limits == "on"
    pace = Pace() if limited else Pace(overall_per_s=None, chat_per_s=None)
    sender = TelegramSender(bot, pace, locales(desk, locale), words)
    way = (
        ByWebhook(base_url, tuple(secret_of(key.hex(), token) for key in all_of(server_key)))
        if settings.telegram_mode == "webhook"
        else ByPolling(my_turn=lambda: holder.take(POLLING))
    )
    group = forum.make(settings, bot, desk, holder, renderer.seller, agents, base_url)
    channel = TelegramChannel(bot, desk, sender, way=way, locale=locale, words=words, forum=group)
    return Telegram(bot, channel, sender)


def slows_floods(settings: Settings) -> bool:
    """Whether floods are slowed down: not where one tries the desk alone, but wherever others reach it."""
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
