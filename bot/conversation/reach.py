"""Reach: on which other channels a customer could go on, and the address that leads there."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.conversation.inbound import Channel


def _no_bot() -> str | None:
    return None


@dataclass(frozen=True)
class ReachableChannels:
    """`bot_name` gives the Telegram bot's user name once Telegram has told it, None where there is no bot;
    `bots_at`: the address below which Telegram's chats open by that name."""

    public_url: str
    bot_name: Callable[[], str | None] = _no_bot
    bots_at: str = "https://t.me"

    def beyond(self, channel: str) -> tuple[str, ...]:
        """The channels besides this one, by name."""
        others = (Channel.TELEGRAM, Channel.WEB) if self.bot_name() is not None else (Channel.WEB,)
        return tuple(str(other) for other in others if other != channel)

    def address(self, channel: str, token: str) -> str:
        """Where a start link's token leads on this channel. Without a bot that is the web chat."""
        by_telegram = self.by_telegram(token) if channel == Channel.TELEGRAM else None
        return by_telegram or f"{self.public_url}/chat?start={token}"

    def by_telegram(self, token: str) -> str | None:
        """Where it leads on Telegram; None without a bot."""
        name = self.bot_name()
        return f"{self.bots_at}/{name}?start={token}" if name is not None else None
